/* Preloaded, it keeps a process alive for a second after the destructors of all other libraries: threads that
   still use what those destroyed then have the time to crash. */
#include <unistd.h>

__attribute__((destructor)) static void late_exit(void) { sleep(1); }
