// Command dmafuzz tells whether a kernel can free a DMA buffer in another way
// than it was allocated, and shows the shortest order of events that does it.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
