// A lookup is given up after 100 ms; the process that it started runs for 2 s.
package main

import (
	"context"
	"fmt"
	"os/exec"
	"time"
)

func lookup(ctx context.Context) error {
	return exec.Command("sleep", "2").Run()
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := lookup(ctx)
	fmt.Printf("%d ms, failed: %t\n", time.Since(start).Milliseconds(), err != nil)
}
