// Command main starts a command under a context whose cancel is deferred, and
// exits. It prints the command's process id. With MENDED set it cancels first.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cmd := exec.CommandContext(ctx, "sleep", "60")
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println(cmd.Process.Pid)
	if os.Getenv("MENDED") != "" {
		cancel()
		_ = cmd.Wait()
	}
	os.Exit(0)
}
