//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/ctxls/ctxls/internal/cmd/internal/program"
)

// target is a tree of real code that is swept in a copy.
type target struct {
	name     string
	origin   string   // the folder that is copied
	patterns []string // of the packages, from dir
	std      bool     // origin is the src folder of a GOROOT
	project  bool     // a user's folder, with its own go.work or vendor
}

func (t target) fileName() string {
	return strings.NewReplacer("/", "_", "@", "_").Replace(t.name)
}

// copyTo copies the target below folder and returns where its commands run,
// and with which environment.
func (t target) copyTo(folder string) (dir string, env []string, err error) {
	// Dependencies of dependencies may lack checksums that nobody needed yet.
	env = append(os.Environ(), "GOTOOLCHAIN=local", "GOWORK=off", "GOFLAGS=-mod=mod")
	dir = folder
	if t.std {
		root := filepath.Dir(t.origin)
		dir = filepath.Join(folder, "src")
		env = append(os.Environ(), "GOTOOLCHAIN=local", "GOWORK=off", "GOFLAGS=", "GOROOT="+folder)
		entries, err := os.ReadDir(root)
		if err != nil {
			return "", nil, fmt.Errorf("reading GOROOT: %w", err)
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return "", nil, fmt.Errorf("copying GOROOT: %w", err)
		}
		for _, e := range entries {
			if e.Name() == "src" {
				continue
			}
			if err := os.Symlink(filepath.Join(root, e.Name()), filepath.Join(folder, e.Name())); err != nil {
				return "", nil, fmt.Errorf("copying GOROOT: %w", err)
			}
		}
	}
	if t.project {
		env = append(os.Environ(), "GOTOOLCHAIN=local")
	}
	if err := os.CopyFS(dir, os.DirFS(t.origin)); err != nil {
		return "", nil, fmt.Errorf("copying %s: %w", t.origin, err)
	}
	if err := os.RemoveAll(filepath.Join(dir, ".git")); err != nil {
		return "", nil, fmt.Errorf("leaving out what git keeps: %w", err)
	}
	return dir, env, nil
}

// packages names the packages of folders, given relative to the copy.
func (t target) packages(folders []string) []string {
	var names []string
	for _, f := range folders {
		if !t.std {
			f = "./" + f
		}
		names = append(names, filepath.ToSlash(f))
	}
	return names
}

// findTargets returns the standard library with the go command, and the
// modules of our own module graph, ourselves included.
func findTargets(ctx context.Context) ([]target, error) {
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("asking for GOROOT: %w", err)
	}
	targets := []target{{
		name:     "std",
		origin:   filepath.Join(strings.TrimSpace(string(goroot)), "src"),
		patterns: []string{"std", "cmd"},
		std:      true,
	}}
	modules, err := listModules(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing our modules: %w", err)
	}
	for _, m := range modules {
		t := target{name: m.Path, origin: m.Dir, patterns: []string{"./..."}}
		if !m.Main {
			t.name += "@" + m.Version
		}
		targets = append(targets, t)
	}
	return targets, nil
}

// projects returns the folders as targets, each FOLDER or
// FOLDER:PATTERN,PATTERN….
func projects(ctx context.Context, args []string) ([]target, error) {
	var targets []target
	for _, arg := range args {
		folder, given, ok := strings.Cut(arg, ":")
		dir, err := filepath.Abs(folder)
		if err != nil {
			return nil, fmt.Errorf("finding a project: %w", err)
		}
		t := target{name: filepath.Base(dir), origin: dir, patterns: strings.Split(given, ","), project: true}
		if !ok {
			if t.patterns, err = program.Patterns(ctx, dir); err != nil {
				return nil, err
			}
		}
		targets = append(targets, t)
	}
	return targets, nil
}

type module struct {
	Path, Version, Dir string
	Main               bool
}

// listModules returns the modules that have a package which we, or our tests,
// are built from. Others of the graph are not even downloaded.
func listModules(ctx context.Context) ([]module, error) {
	list := exec.CommandContext(ctx, "go", "list", "-json=Module", "all")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, err
	}
	var modules []module
	seen := make(map[string]bool)
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p struct{ Module *module }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return modules, nil
		} else if err != nil {
			return nil, err
		}
		if p.Module == nil || seen[p.Module.Path] { // nil: of the standard library
			continue
		}
		seen[p.Module.Path] = true
		modules = append(modules, *p.Module)
	}
}
