package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"strings"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/checker"
	"github.com/ctxls/ctxls/internal/config"
	"github.com/ctxls/ctxls/internal/fixer"
	"github.com/ctxls/ctxls/internal/report"
	"github.com/ctxls/ctxls/internal/term"
	"github.com/ctxls/ctxls/internal/workspace"
)

// checkRun is one run of the check command.
type checkRun struct {
	options checker.Options
	format  report.Format
	fix     fixMode
	diff    bool
	stats   bool
	profile string

	stdout, stderr io.Writer
	failed         bool
}

func runCheck(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	run := &checkRun{stdout: stdout, stderr: stderr}
	if status, ok := run.parse(args); !ok {
		return status
	}
	findings := run.profiled(ctx)
	switch {
	case ctx.Err() != nil:
		return statusInterrupted
	case run.failed:
		return statusFailed
	case findings:
		return statusFindings
	}
	return statusOK
}

func (r *checkRun) parse(args []string) (status int, ok bool) {
	flags := newFlags("check")
	rules := make(ruleSwitches)
	format := flags.String("format", report.Formats[0].Name, "print the findings as `FORMAT`: "+strings.Join(report.FormatNames(), ", "))
	flags.Var(rules, "rules", "switch rules on, or off with a minus before the name: `a,-b`")
	flags.BoolVar(&r.options.All, "all", false, "all rules and all severities")
	severity := flags.String("severity", rule.Information.String(), "the least `SEVERITY` that is shown: hint, information, warning")
	tests := flags.Bool("tests", true, "findings in tests too")
	tags := flags.String("tags", "", "build `tags`, separated by commas")
	flags.BoolVar(&r.stats, "stats", false, "print on standard error what the run cost")
	flags.Var(&r.fix, "fix", "apply the safe fixes; with =all the others too")
	flags.BoolVar(&r.diff, "diff", false, "print what --fix would change as a unified diff, and write nothing")
	flags.StringVar(&r.options.Config, "config", "", "the configuration `file`, in place of "+config.FileName)
	flags.StringVar(&r.profile, "cpuprofile", "", "write a CPU profile to this `file`")
	patterns, status, ok := parseFlags(flags, args, r.stdout, r.stderr)
	if !ok {
		return status, false
	}
	if r.format, ok = report.ByName(*format); !ok {
		return r.misused("unknown format %q: want %s", *format, strings.Join(report.FormatNames(), ", "))
	}
	least, err := rule.ParseSeverity(*severity)
	if err != nil {
		return r.misused("%v", err)
	}
	if least > rule.Warning { // no rule has a higher one by itself
		return r.misused("--severity %s is not supported: want hint, information or warning", least)
	}
	flags.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "severity":
			r.options.Least = least
		case "tests":
			r.options.Tests = tests
		case "tags":
			r.options.BuildTags = strings.FieldsFunc(*tags, func(c rune) bool { return c == ',' || c == ' ' })
		}
	})
	dir, err := os.Getwd()
	if err != nil {
		return r.misused("finding the current folder: %v", err)
	}
	r.options.Dir, r.options.Patterns, r.options.Rules, r.options.CacheDir = dir, patterns, rules, cacheDir()
	return 0, true
}

func (r *checkRun) misused(format string, args ...any) (int, bool) {
	r.fail(fmt.Errorf(format, args...))
	return statusFailed, false
}

func (r *checkRun) fail(err error) {
	r.failed = true
	fmt.Fprintf(r.stderr, "ctxls check: %v\n", err)
}

// profiled checks, under the CPU profiler if asked to.
func (r *checkRun) profiled(ctx context.Context) (findings bool) {
	if r.profile != "" {
		file, err := os.Create(r.profile)
		if err != nil {
			r.fail(fmt.Errorf("writing the profile: %w", err))
			return false
		}
		if err := pprof.StartCPUProfile(file); err != nil {
			r.fail(fmt.Errorf("starting the profile: %w", err))
		}
		defer func() {
			pprof.StopCPUProfile()
			if err := file.Close(); err != nil {
				r.fail(fmt.Errorf("writing the profile: %w", err))
			}
		}()
	}
	return r.check(ctx)
}

// check reports whether there is anything to tell: findings or a diff.
func (r *checkRun) check(ctx context.Context) (findings bool) {
	line := term.NewProgress(r.stderr)
	r.options.Progress = func(p workspace.Progress) {
		if p.Total > 0 {
			line.Show(fmt.Sprintf("%s %d/%d", p.Phase, p.Done, p.Total))
		} else {
			line.Show(p.Phase)
		}
	}
	c, err := checker.New(r.options)
	if err != nil {
		r.fail(err)
		return false
	}
	findings, err = r.run(ctx, c, line)
	line.Clear()
	if err != nil && ctx.Err() == nil {
		r.fail(err)
	}
	err = c.Close()
	if r.stats {
		report.WriteStats(r.stderr, c.Stats())
	}
	if err != nil {
		r.fail(err)
	}
	return findings
}

// run checks, or fixes, and prints the outcome.
func (r *checkRun) run(ctx context.Context, c *checker.Checker, line *term.Progress) (findings bool, err error) {
	if !r.fix.on && !r.diff {
		result, err := c.Run(ctx)
		line.Clear()
		if err != nil {
			return false, err
		}
		return r.print(result), nil
	}
	out, err := fixer.Fix(ctx, c, r.fix.all)
	line.Clear()
	if err != nil {
		return false, err
	}
	if r.diff {
		return r.printDiff(out), nil
	}
	err = out.Write(ctx, c)
	line.Clear()
	if err != nil {
		return false, err
	}
	return r.print(out.Left), nil
}

func (r *checkRun) print(result *checker.Result) (findings bool) {
	r.printErrors(result)
	err := r.format.Write(r.stdout, report.Report{Findings: result.Findings, Errors: result.Errors}, r.options.Dir)
	if err != nil {
		r.fail(fmt.Errorf("printing the findings: %w", err))
	}
	return len(result.Findings) > 0
}

func (r *checkRun) printDiff(out *fixer.Outcome) (findings bool) {
	r.printErrors(out.Left)
	for _, f := range out.Files {
		if _, err := io.WriteString(r.stdout, f.Diff(r.options.Dir)); err != nil {
			r.fail(fmt.Errorf("printing the diff: %w", err))
			return false
		}
	}
	left := len(out.Left.Findings)
	if left > 0 {
		fmt.Fprintf(r.stderr, "findings that the diff does not fix: %d\n", left)
	}
	return left > 0 || len(out.Files) > 0
}

func (r *checkRun) printErrors(result *checker.Result) {
	report.WriteErrors(r.stderr, result.Errors, r.options.Dir)
	r.failed = r.failed || len(result.Errors) > 0
}
