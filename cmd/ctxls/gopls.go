package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/ctxls/ctxls/internal/version"
	"github.com/ctxls/ctxls/server"
	"github.com/ctxls/ctxls/server/front"
)

// calledGopls reports whether the program was started under the name gopls.
func calledGopls(program string) bool {
	name := filepath.Base(program)
	if runtime.GOOS == "windows" {
		name = strings.TrimSuffix(strings.ToLower(name), ".exe")
	}
	return name == "gopls"
}

// runGopls is gopls with our findings, for a client that starts nothing else.
// What isn't a language server on standard input and output is left to gopls.
func runGopls(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	path, err := otherGopls()
	if err != nil {
		fmt.Fprintf(stderr, "ctxls, called gopls: %v\n", err)
		return statusFailed
	}
	if !servesStdio(args) {
		cmd := exec.CommandContext(ctx, path, args...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
		err := cmd.Run()
		var exit *exec.ExitError
		switch {
		case err == nil:
			return statusOK
		case errors.As(err, &exit) && exit.ExitCode() >= 0:
			return exit.ExitCode()
		}
		fmt.Fprintf(stderr, "ctxls, called gopls: %v\n", err)
		return statusFailed
	}
	return serveFront(ctx, path, args, newLog(stderr, false), stdin, stdout, stderr)
}

// serveFront serves a client before gopls.
func serveFront(ctx context.Context, gopls string, args []string, log *slog.Logger, stdin io.Reader, stdout, stderr io.Writer) int {
	opts := front.Options{
		Server: server.Options{Version: version.Read().Version, CacheDir: cacheDir(), Log: log},
		Start:  front.Command(gopls, args, stderr),
		Log:    log,
	}
	return served(front.Serve(ctx, opts, stdin, stdout), stderr)
}

// otherGopls is $CTXLS_GOPLS, or the first gopls on PATH that isn't this
// program.
func otherGopls() (string, error) {
	if path := os.Getenv("CTXLS_GOPLS"); path != "" {
		return path, nil
	}
	program, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("cannot tell which gopls isn't ctxls: %w", err)
	}
	own, err := os.Stat(program)
	if err != nil {
		return "", fmt.Errorf("cannot tell which gopls isn't ctxls: %w", err)
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		path, err := exec.LookPath(filepath.Join(dir, "gopls"))
		if err != nil {
			continue
		}
		if info, err := os.Stat(path); err == nil && !os.SameFile(info, own) {
			return path, nil
		}
	}
	return "", errors.New("there is no other gopls on PATH; $CTXLS_GOPLS can name one")
}

// goplsValues are gopls's flags that take a value in the next argument.
var goplsValues = []string{
	"logfile", "mode", "remote", "debug", "ocagent", "remote.debug", "remote.listen.timeout", "remote.logfile",
	"profile.cpu", "profile.mem", "profile.alloc", "profile.block", "profile.trace",
}

// servesStdio reports whether gopls's arguments make it serve a client on
// standard input and output.
func servesStdio(args []string) bool {
	for i := 0; i < len(args); i++ {
		name, isFlag := strings.CutPrefix(args[i], "-")
		if !isFlag {
			if args[i] != "serve" {
				return false
			}
			continue
		}
		name, _, hasValue := strings.Cut(strings.TrimPrefix(name, "-"), "=")
		switch name {
		case "h", "help", "listen", "port":
			return false
		}
		if !hasValue && slices.Contains(goplsValues, name) {
			i++
		}
	}
	return true
}
