#include "daemon/cli.hpp"

int main(int argc, char** argv) { return signalbox::daemon::run_command_line(argc, argv); }
