package vet

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/checker"
	"github.com/ctxls/ctxls/internal/config"
	"github.com/ctxls/ctxls/internal/flow"
)

// Driven reports whether the arguments are those by which go vet drives a
// tool: -V=full, -flags, or flags and the file that describes a package.
func Driven(args []string) bool {
	if len(args) == 0 {
		return false
	}
	first, last := args[0], args[len(args)-1]
	if len(args) == 1 && (first == "-V=full" || first == "-flags") {
		return true
	}
	return strings.HasSuffix(last, ".cfg") && !strings.HasPrefix(last, "-") && (len(args) == 1 || strings.HasPrefix(first, "-"))
}

// Main answers go vet. Flags are those that users can give to go vet beside
// its own; o gets their values. It ends the process when it analyses a
// package.
func Main(ctx context.Context, args []string, flags *flag.FlagSet, o *checker.Options, stdout, stderr io.Writer) int {
	flags.SetOutput(stderr)
	asJSON := flags.Bool("json", false, "print the findings and their safe fixes as JSON")
	lines := flags.Int("c", -1, "print this many lines around each finding")
	fix := flags.Bool("fix", false, "apply the first safe fix of each finding")
	diff := flags.Bool("diff", false, "with -fix, print a unified diff and write nothing")
	describe := flags.Bool("flags", false, "describe the flags")
	version := flags.String("V", "", "describe the program")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	switch {
	case *version != "":
		return printVersion(ctx, stdout, stderr)
	case *describe:
		return printFlags(flags, stdout, stderr)
	}
	unit := flags.Arg(0)
	analyzers, err := analyzersFor(unit, *o)
	if err != nil {
		fmt.Fprintf(stderr, "ctxls: %v\n", err)
		return 2
	}
	os.Args = []string{os.Args[0], fmt.Sprintf("-json=%t", *asJSON), fmt.Sprintf("-c=%d", *lines), fmt.Sprintf("-fix=%t", *fix), fmt.Sprintf("-diff=%t", *diff), unit}
	unitchecker.Main(analyzers...)
	return 0 // not reached
}

// analyzersFor returns what is to run on a package: for one that is only
// imported, what makes facts.
func analyzersFor(unit string, o checker.Options) ([]*analysis.Analyzer, error) {
	data, err := os.ReadFile(unit)
	if err != nil {
		return nil, fmt.Errorf("reading what to analyse: %w", err)
	}
	var cfg unitchecker.Config
	if err := json.Unmarshal(data, &cfg); err != nil {
		return nil, fmt.Errorf("reading what to analyse: %s: %w", unit, err)
	}
	dir := cfg.Dir
	if dir == "" && len(cfg.GoFiles) > 0 {
		dir = filepath.Dir(cfg.GoFiles[0])
	}
	functions := functionsOf(dir)
	if cfg.VetxOnly {
		return []*analysis.Analyzer{flow.NewAnalyzer(functions)}, nil
	}
	return []*analysis.Analyzer{newAnalyzer(o, diagnostics.NewSuite(functions))}, nil
}

// printFlags tells go vet which flags it may hand on.
func printFlags(flags *flag.FlagSet, stdout, stderr io.Writer) int {
	type description struct {
		Name  string
		Bool  bool
		Usage string
	}
	all := []description{}
	flags.VisitAll(func(f *flag.Flag) {
		switch f.Name {
		case "V", "flags", "fix": // go vet knows them
			return
		}
		b, ok := f.Value.(interface{ IsBoolFlag() bool })
		all = append(all, description{f.Name, ok && b.IsBoolFlag(), f.Usage})
	})
	if err := json.NewEncoder(stdout).Encode(all); err != nil {
		fmt.Fprintf(stderr, "ctxls: describing the flags: %v\n", err)
		return 2
	}
	return 0
}

// printVersion names the program and the configurations: go vet keeps what a
// tool has found until its name changes, and knows of no other input than the
// sources.
func printVersion(ctx context.Context, stdout, stderr io.Writer) int {
	h := sha256.New()
	path, err := os.Executable()
	if err == nil {
		err = hashFile(h, path)
	}
	if err == nil {
		err = hashConfigs(ctx, h)
	}
	if err != nil {
		fmt.Fprintf(stderr, "ctxls: naming the program: %v\n", err)
		return 2
	}
	fmt.Fprintf(stdout, "ctxls version devel buildID=%x\n", h.Sum(nil))
	return 0
}

func hashFile(h io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(h, f)
	return err
}

// hashConfigs hashes the configurations of the workspace that the current
// folder is in.
func hashConfigs(ctx context.Context, h io.Writer) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	root := config.Root(dir)
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && path == root:
			return err
		case err != nil:
			return nil // the go command can't read it either
		case d.IsDir() && path != root && (d.Name() == ".git" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case d.Name() != config.FileName:
			return nil
		}
		fmt.Fprintf(h, "%q", path)
		if err := hashFile(h, path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(h, "%v", err)
		}
		return nil
	})
}
