# Compiler flags for all of our own targets, in one INTERFACE target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# Code for executables, of which there are nothing else: in code for shared libraries the compiler may not inline what
# another library could replace, and asks a function for the address of what belongs to a thread.
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
add_compile_options(-fPIE)
add_link_options(-pie)
# A delivery is a stack of coroutines some eight frames deep: Asio keeps the memory of that many for the next, not of two.
add_compile_definitions(BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug, Release, RelWithDebInfo" FORCE)
endif()
# Assertions stay on in release builds: what must be true is checked where the customer runs it.
foreach(type RELEASE RELWITHDEBINFO MINSIZEREL)
  string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_${type} "${CMAKE_CXX_FLAGS_${type}}")
  string(REPLACE "-g " "-g1 " CMAKE_CXX_FLAGS_${type} "${CMAKE_CXX_FLAGS_${type}}")
endforeach()

find_program(SIGNALBOX_CCACHE ccache)
# A cache does not see that what was counted is another.
if(SIGNALBOX_CCACHE AND NOT SIGNALBOX_PROFILE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${SIGNALBOX_CCACHE}")
endif()

add_library(signalbox_flags INTERFACE)
target_include_directories(signalbox_flags INTERFACE "${CMAKE_SOURCE_DIR}/include" "${CMAKE_SOURCE_DIR}/src")
target_compile_options(signalbox_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual)
if(SIGNALBOX_WERROR)
  target_compile_options(signalbox_flags INTERFACE -Werror)
endif()
target_compile_definitions(signalbox_flags INTERFACE SIGNALBOX_VERSION="${PROJECT_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False positives of g++ 12 around coroutine frames and std::optional/variant.
  target_compile_options(signalbox_flags INTERFACE -Wno-maybe-uninitialized -Wno-mismatched-new-delete)
endif()

# -DCMAKE_UNITY_BUILD=ON: a module is compiled as a few large sources, much faster when all of it is new.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Warns of types of an anonymous namespace, which the large source is not the main file of.
  target_compile_options(signalbox_flags INTERFACE -Wno-subobject-linkage)
endif()

find_program(SIGNALBOX_MOLD mold)
if(SIGNALBOX_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(SIGNALBOX_SANITIZE)
  add_compile_options(-fsanitize=${SIGNALBOX_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SIGNALBOX_SANITIZE})
  if(SIGNALBOX_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options(-fno-sanitize=function)
  endif()
  if(SIGNALBOX_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)
  endif()
endif()

# The two builds of config/optimized.sh, in one folder: counts are found by the name of the object file.
if(SIGNALBOX_PROFILE STREQUAL "generate")
  add_compile_options(-fprofile-generate -fprofile-update=atomic -fprofile-dir=${CMAKE_BINARY_DIR}/profile)
  add_link_options(-fprofile-generate)
elseif(SIGNALBOX_PROFILE STREQUAL "use")
  # Partial: what the load did not come to is optimised as ever, not for size.  g++ 12 warns of fmt's own code then: the
  # preset does without -Werror.
  add_compile_options(-fprofile-use -fprofile-dir=${CMAKE_BINARY_DIR}/profile -fprofile-partial-training -Wno-missing-profile)
endif()

if(CMAKE_BUILD_TYPE MATCHES "Rel")
  add_compile_options(-fstack-protector-strong)
  add_compile_definitions($<$<COMPILE_LANGUAGE:CXX>:_FORTIFY_SOURCE=2>)
  add_link_options(-Wl,-z,relro,-z,now)
endif()
