// Package config reads .ctxls.yaml, whose keys are also the settings of the
// language server.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/flow"
)

// FileName is the name of the configuration file.
const FileName = ".ctxls.yaml"

// Config is what a configuration says. What it does not say is zero.
type Config struct {
	Dir       string // absolute; Exclude is relative to it
	Rules     map[string]diagnostics.Severity
	Tests     *bool
	BuildTags []string
	Exclude   []string // globs of paths whose findings are not shown

	Functions flow.Options // the keys blocking and joins

	InlayHints InlayHints

	// TypingDelay is how long after the last edit the language server
	// analyses a package, or [OnSave].
	TypingDelay *time.Duration
}

// OnSave is the delay of who wants no analysis before a file is saved.
const OnSave = time.Duration(-1)

// InlayHints says which hints the language server puts into the lines of the
// editor; none of which it says nothing.
type InlayHints struct {
	Goroutines *bool // what ends them, where they are started
	Contexts   *bool // what they derive from, where they are given to calls
}

// Problem is one thing wrong with a configuration. What is right in it
// applies all the same.
type Problem struct {
	File         string // absolute; empty for settings
	Line, Column int
	Message      string
}

// Problems is the error of a configuration that was read.
type Problems []Problem

func (ps Problems) Error() string {
	var lines []string
	for _, p := range ps {
		if p.File == "" {
			lines = append(lines, p.Message)
		} else {
			lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message))
		}
	}
	return strings.Join(lines, "\n")
}

// Load reads the configuration file. With [Problems] the configuration holds
// what is right in the file.
func Load(file string) (Config, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}
	file, err = filepath.Abs(file)
	if err != nil {
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}
	c, problems := Parse(data)
	c.Dir = filepath.Dir(file)
	if len(problems) == 0 {
		return c, nil
	}
	for i := range problems {
		problems[i].File = file
	}
	return c, problems
}

// Find returns the configuration file that holds for the folder dir: the
// nearest one from there up to the folder root; "" if there is none.
func Find(dir, root string) (string, error) {
	for {
		file := filepath.Join(dir, FileName)
		switch _, err := os.Stat(file); {
		case err == nil:
			return file, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("looking for the configuration: %w", err)
		}
		parent := filepath.Dir(dir)
		if dir == root || parent == dir {
			return "", nil
		}
		dir = parent
	}
}

// Root returns the workspace root of the folder dir: the folder of the
// go.work or else of the go.mod that holds for it, or dir itself.
func Root(dir string) string {
	names := []string{"go.work", "go.mod"}
	if os.Getenv("GOWORK") == "off" {
		names = names[1:]
	}
	for _, name := range names {
		for d := dir; ; d = filepath.Dir(d) {
			if info, err := os.Stat(filepath.Join(d, name)); err == nil && info.Mode().IsRegular() {
				return d
			}
			if d == filepath.Dir(d) {
				break
			}
		}
	}
	return dir
}

// Excludes reports whether a glob matches the file or a folder that it is in.
func (c *Config) Excludes(file string) bool {
	if len(c.Exclude) == 0 {
		return false
	}
	rel, err := filepath.Rel(c.Dir, file)
	if err != nil {
		return false
	}
	for path := filepath.ToSlash(rel); path != "." && path != ".."; path = parent(path) {
		for _, glob := range c.Exclude {
			if ok, err := doublestar.Match(strings.TrimSuffix(glob, "/"), path); ok && err == nil {
				return true
			}
		}
	}
	return false
}

func parent(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "."
	}
	return path[:i]
}
