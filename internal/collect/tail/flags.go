package tail

import "syscall"

// openFlags keep an open from waiting where a name was swapped for a FIFO.
const openFlags = syscall.O_NONBLOCK | syscall.O_NOCTTY
