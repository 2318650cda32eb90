# signalbox_module(engine/local DEPS base store LIBS xxhash)
#
# Makes the static library signalbox_engine_local of every .cpp in src/engine/local, linked with the
# layers named by DEPS and no others: an upward call does not link.  LIBS are names of
# src/cmake/dependencies.cmake.
function(signalbox_module name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS" ${ARGN})
  string(REPLACE "/" "_" target "signalbox_${name}")
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/${name}/*.cpp")
  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(${target} ${scope} signalbox_flags)
  foreach(dep IN LISTS ARG_DEPS)
    string(REPLACE "/" "_" dep "signalbox_${dep}")
    target_link_libraries(${target} ${scope} ${dep})
  endforeach()
  foreach(lib IN LISTS ARG_LIBS)
    target_link_libraries(${target} ${scope} third_party_${lib})
  endforeach()
endfunction()

# signalbox_program(signalbox daemon DEPS ... LIBS ...): the executable of src/daemon.  Everything but main.cpp goes
# into the library signalbox_daemon, which tests can link.
function(signalbox_program program folder)
  signalbox_module(${folder} ${ARGN})
  set(main "${CMAKE_SOURCE_DIR}/src/${folder}/main/main.cpp")
  if(EXISTS "${main}")
    add_executable(${program} "${main}")
    target_link_libraries(${program} PRIVATE third_party_mimalloc signalbox_${folder})
  endif()
endfunction()
