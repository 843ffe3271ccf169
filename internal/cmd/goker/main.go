// Goker measures the rules on the kernels of goroutine leaks that come with Go
// (GoBench's GoKer and common patterns, the test data of the goroutine leak
// profile): for each kernel, whether a finding names the operation at fault,
// and which findings are false.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "goker:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	dir := flag.String("kernels", "", "the `folder` of the kernels (default: that of the Go installation)")
	all := flag.Bool("v", false, "list every finding")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}
	if *dir == "" {
		root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
		if err != nil {
			return fmt.Errorf("asking for GOROOT: %w", err)
		}
		*dir = filepath.Join(strings.TrimSpace(string(root)), "src", "runtime", "testdata", "testgoroutineleakprofile")
	}
	expected, err := parse(culprits)
	if err != nil {
		return err
	}
	t, err := compare(ctx, *dir, expected)
	if err != nil {
		return err
	}
	return t.write(out, *all)
}

// compare runs the rules on the kernels of a folder.
func compare(ctx context.Context, dir string, expected []culprit) (table, error) {
	tmp, err := os.MkdirTemp("", "ctxls-goker-")
	if err != nil {
		return nil, fmt.Errorf("making a temporary folder: %w", err)
	}
	defer os.RemoveAll(tmp)
	if tmp, err = filepath.EvalSymlinks(tmp); err != nil {
		return nil, fmt.Errorf("finding the temporary folder: %w", err)
	}
	files, err := copyKernels(dir, tmp)
	if err != nil {
		return nil, err
	}
	findings, err := check(ctx, tmp, filepath.Join(tmp, "cache"))
	if err != nil {
		return nil, err
	}
	return measure(files, expected, findings)
}
