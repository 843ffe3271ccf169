package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/nearest"
)

// newFlags returns the flag set of a subcommand.
func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // parseFlags tells what is wrong
	return flags
}

// help prints how a subcommand is called.
func help(flags *flag.FlagSet, w io.Writer) {
	for _, c := range commands {
		if c.name == flags.Name() {
			fmt.Fprintf(w, "Usage: ctxls %s\n\n%s%s.\n", strings.TrimSpace(c.name+" "+c.args), strings.ToUpper(c.about[:1]), c.about[1:])
		}
	}
	flags.SetOutput(w)
	flags.PrintDefaults()
	flags.SetOutput(io.Discard)
}

// parseFlags parses the arguments, in which flags may stand behind others,
// and returns those others. If not ok, the program ends with that status.
func parseFlags(flags *flag.FlagSet, args []string, stdout, stderr io.Writer) (rest []string, status int, ok bool) {
	var literal []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, literal = args[:i], args[i+1:]
	}
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			help(flags, stdout)
			return nil, statusOK, false
		}
		if err != nil {
			fmt.Fprintf(stderr, "ctxls %s: %v; ctxls %[1]s --help lists the flags\n", flags.Name(), err)
			return nil, statusFailed, false
		}
		if flags.NArg() == 0 {
			return append(rest, literal...), statusOK, true
		}
		rest = append(rest, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

// noArguments refuses arguments.
func noArguments(flags *flag.FlagSet, rest []string, stderr io.Writer) bool {
	if len(rest) > 0 {
		fmt.Fprintf(stderr, "ctxls %s: unexpected argument %q\n", flags.Name(), rest[0])
		return false
	}
	return true
}

// ruleSwitches is the value of --rules: names of rules to switch on, or off
// with a minus before them.
type ruleSwitches map[string]bool

func (r ruleSwitches) String() string { return "" }

func (r ruleSwitches) Set(value string) error {
	for word := range strings.SplitSeq(value, ",") {
		name, off := strings.CutPrefix(strings.TrimSpace(word), "-")
		if diagnostics.ByName(name) == nil {
			return unknownRule(name)
		}
		r[name] = !off
	}
	return nil
}

func unknownRule(name string) error {
	return fmt.Errorf("unknown rule %q, the nearest is %q", name, nearest.Name(name, diagnostics.Names()))
}

// fixMode is the value of --fix: none, the safe fixes, or with =all any.
type fixMode struct{ on, all bool }

func (m *fixMode) String() string   { return "" }
func (m *fixMode) IsBoolFlag() bool { return true }

func (m *fixMode) Set(value string) error {
	switch value {
	case "true":
		*m = fixMode{on: true}
	case "all":
		*m = fixMode{on: true, all: true}
	case "false":
		*m = fixMode{}
	default:
		return errors.New("want --fix or --fix=all")
	}
	return nil
}
