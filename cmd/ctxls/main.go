// Ctxls finds lost cancels and deaf goroutines in Go code: as a language
// server, or on the command line.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/ctxls/ctxls/diagnostics/vet"
	"github.com/ctxls/ctxls/internal/nearest"
)

// Exit statuses.
const (
	statusOK          = 0
	statusFindings    = 1
	statusFailed      = 2 // could not run
	statusInterrupted = 130
)

// command is one subcommand. Each has a file of its own.
type command struct {
	name, args, about string
	run               func(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int
}

// commands are all subcommands, in the order of the help text. They are set
// in init, since some of them print that text.
var commands []command

func init() {
	commands = []command{
		{"serve", "[--listen 127.0.0.1:PORT | --gopls PATH]", "speak LSP on standard input and output, also in front of gopls, or on a loopback port", runServe},
		{"check", "[flags] [packages]", "analyse packages, ./... by default, and print the findings", runCheck},
		{"explain", "[rule]", "show the page of a rule, or the table of all rules", runExplain},
		{"demo", "", "show on a sample what ctxls does", runDemo},
		{"version", "", "print version, Go version and commit", runVersion},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills
	run := run
	if calledGopls(os.Args[0]) {
		run = runGopls
	}
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 0 && (args[0] == "--version" || args[0] == "-version") {
		args = append([]string{"version"}, args[1:]...)
	}
	if vet.Driven(args) {
		return runVet(ctx, args, stdout, stderr)
	}
	// Editors start servers with arguments such as -mode=stdio or --stdio.
	if len(args) == 0 || strings.HasPrefix(args[0], "-") && !isHelp(args[0]) {
		return runServe(ctx, args, stdin, stdout, stderr)
	}
	if isHelp(args[0]) {
		usage(stdout)
		return statusOK
	}
	var names []string
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(ctx, args[1:], stdin, stdout, stderr)
		}
		names = append(names, c.name)
	}
	fmt.Fprintf(stderr, "ctxls: unknown command %q, the nearest is %q; ctxls help lists all\n", args[0], nearest.Name(args[0], names))
	return statusFailed
}

func isHelp(arg string) bool {
	return arg == "help" || arg == "-h" || arg == "-help" || arg == "--help"
}

func usage(w io.Writer) {
	fmt.Fprint(w, "Ctxls finds lost cancels and deaf goroutines in Go code.\n\nUsage:\n\n  ctxls COMMAND [arguments]\n\nThe commands, serve if there is none:\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-8s %s\n", c.name, c.about)
	}
	fmt.Fprint(w, "\nctxls COMMAND --help tells more. go vet -vettool=$(which ctxls) finds the same.\n")
}
