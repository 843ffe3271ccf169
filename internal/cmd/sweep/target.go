//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// target is a tree of real code that is swept in a copy.
type target struct {
	name     string
	origin   string   // the folder that is copied
	patterns []string // of the packages, from dir
	std      bool     // origin is the src folder of a GOROOT
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
	if err := os.CopyFS(dir, os.DirFS(t.origin)); err != nil {
		return "", nil, fmt.Errorf("copying %s: %w", t.origin, err)
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
	// Of the graph only modules that provide packages are there already.
	download := exec.CommandContext(ctx, "go", "mod", "download", "all")
	download.Stderr = os.Stderr
	if err := download.Run(); err != nil {
		return nil, fmt.Errorf("downloading the module graph: %w", err)
	}
	list := exec.CommandContext(ctx, "go", "list", "-m", "-json", "all")
	list.Stderr = os.Stderr
	modules, err := list.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("listing the module graph: %w", err)
	}
	if err := list.Start(); err != nil {
		return nil, fmt.Errorf("listing the module graph: %w", err)
	}
	dec := json.NewDecoder(modules)
	for {
		var m struct {
			Path, Version, Dir string
			Main               bool
		}
		if err := dec.Decode(&m); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, errors.Join(fmt.Errorf("listing the module graph: %w", err), list.Wait())
		}
		if m.Dir == "" {
			return nil, errors.Join(fmt.Errorf("the module %s is not in the module cache", m.Path), list.Wait())
		}
		t := target{name: m.Path, origin: m.Dir, patterns: []string{"./..."}}
		if !m.Main {
			t.name += "@" + m.Version
		}
		targets = append(targets, t)
	}
	if err := list.Wait(); err != nil {
		return nil, fmt.Errorf("listing the module graph: %w", err)
	}
	return targets, nil
}
