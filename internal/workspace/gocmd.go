package workspace

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/tools/go/packages"
)

// LoadError says why packages could not be loaded at all.
type LoadError struct {
	Errors []Error // at least one, with places where the go command gave them
}

func (e *LoadError) Error() string {
	first := e.Errors[0]
	message := first.Message
	if first.Line > 0 {
		message = fmt.Sprintf("%s:%d: %s", first.File, first.Line, message)
	}
	if more := len(e.Errors) - 1; more > 0 {
		message += fmt.Sprintf(" (and %d more)", more)
	}
	return message
}

// goEnv is the go command's configuration.
type goEnv struct {
	goroot, modcache string
	gomod, gowork    string // empty: none
	version          string // "go1.26.8"
	key              digest // of all that type-checking depends on
	goarch           string
}

func (w *Workspace) readEnv(ctx context.Context) (*goEnv, error) {
	names := []string{"GOROOT", "GOMODCACHE", "GOMOD", "GOWORK", "GOVERSION", "GOOS", "GOARCH", "CGO_ENABLED", "GOEXPERIMENT", "GO386", "GOARM", "GOAMD64"}
	out, err := w.goCommand(ctx, append([]string{"env", "-json"}, names...)...)
	if err != nil {
		return nil, err
	}
	vars := make(map[string]string)
	if err := json.Unmarshal(out, &vars); err != nil {
		return nil, fmt.Errorf("reading the output of go env: %w", err)
	}
	env := &goEnv{goroot: vars["GOROOT"], modcache: vars["GOMODCACHE"], version: vars["GOVERSION"], goarch: vars["GOARCH"]}
	if m := vars["GOMOD"]; m != os.DevNull && m != "NUL" {
		env.gomod = m
	}
	if wk := vars["GOWORK"]; wk != "off" {
		env.gowork = wk
	}
	h := newHasher("env")
	for _, name := range names[4:] {
		h.string(vars[name])
	}
	h.strings(w.opts.BuildTags)
	env.key = h.sum()
	return env, nil
}

// goModules returns the folders of the modules that go.work lists.
func (w *Workspace) goModules(ctx context.Context) ([]string, error) {
	out, err := w.goCommand(ctx, "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' || r == '\r' }), nil
}

func (w *Workspace) goCommand(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = w.opts.Dir
	cmd.Env = w.opts.Env
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env[:len(cmd.Env):len(cmd.Env)], "PWD="+w.opts.Dir)
	cmd.WaitDelay = time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("go %s: %w", args[0], context.Cause(ctx))
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("the go command was not found: install Go and put it on the PATH")
	case err != nil && stderr.Len() > 0:
		return nil, w.messageError(stderr.String())
	case err != nil:
		if _, statErr := os.Stat(w.opts.Dir); statErr != nil {
			return nil, fmt.Errorf("the folder %s cannot be read: %w", w.opts.Dir, statErr)
		}
		return nil, fmt.Errorf("go %s: %w", args[0], err)
	}
	return out, nil
}

// listFailure makes one clear sentence of an error of go list as a whole.
func (w *Workspace) listFailure(env *goEnv, patterns []string, err error) error {
	message := err.Error()
	if _, after, ok := strings.Cut(message, "stderr: "); ok {
		message = after
	}
	if env.gomod == "" && env.gowork == "" && needModule(patterns) {
		return w.noModule()
	}
	return w.messageError(message)
}

func (w *Workspace) noModule() error {
	return &LoadError{[]Error{{Message: fmt.Sprintf(
		"there is no go.mod in %s or any folder above it: run \"go mod init\" there, or open a folder inside of a module", w.opts.Dir)}}}
}

// needModule reports whether some pattern is a folder, which only means
// something inside of a module.
func needModule(patterns []string) bool {
	for _, p := range patterns {
		if p == "." || p == ".." || strings.HasPrefix(p, "./") || strings.HasPrefix(p, "../") || filepath.IsAbs(p) {
			return true
		}
	}
	return len(patterns) == 0
}

var modError = regexp.MustCompile(`^(?:go: )?(\S.*?\.(?:mod|work|sum)):(\d+)(?::(\d+))?: (.*)$`)

// messageError is the LoadError for what the go command wrote.
func (w *Workspace) messageError(output string) error {
	e := new(LoadError)
	var plain []string
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		m := modError.FindStringSubmatch(line)
		if m == nil {
			if line = strings.TrimPrefix(line, "go: "); line != "" && !strings.HasPrefix(line, "downloading ") {
				plain = append(plain, line)
			}
			continue
		}
		err := Error{File: w.abs(m[1]), Message: m[4]}
		err.Line, _ = strconv.Atoi(m[2])
		err.Column, _ = strconv.Atoi(m[3])
		e.Errors = append(e.Errors, err)
	}
	if len(e.Errors) == 0 {
		message := strings.Join(plain, " ")
		if message == "" {
			message = "the go command failed without a message"
		}
		e.Errors = []Error{{Message: message}}
	}
	return e
}

// unusable returns the error for a load without anything to analyse.
func (w *Workspace) unusable(env *goEnv, patterns []string, l *load, nodes map[string]*node) error {
	switch {
	case len(l.roots) > 0:
		return nil
	case env.gomod == "" && env.gowork == "" && needModule(patterns):
		return w.noModule()
	case len(l.errors) > 0:
		return &LoadError{l.errors}
	}
	return fmt.Errorf("%w by %s", ErrNoPackages, strings.Join(patterns, " "))
}

// listError converts an error that go list gave for a package.
func (w *Workspace) listError(err packages.Error) Error {
	e := Error{Message: oneLine(err.Msg)}
	e.File, e.Line, e.Column = splitPosition(err.Pos)
	if e.File != "" {
		e.File = w.abs(e.File)
	}
	return e
}

// splitPosition splits "file:line:col" and "file:line".
func splitPosition(pos string) (file string, line, column int) {
	if pos == "" || pos == "-" {
		return "", 0, 0
	}
	file = pos
	var numbers []int
	for range 2 {
		i := strings.LastIndexByte(file, ':')
		if i < 0 {
			break
		}
		n, err := strconv.Atoi(file[i+1:])
		if err != nil {
			break
		}
		file, numbers = file[:i], append(numbers, n)
	}
	switch len(numbers) {
	case 2:
		return file, numbers[1], numbers[0]
	case 1:
		return file, numbers[0], 0
	}
	return file, 0, 0
}

func (w *Workspace) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(w.opts.Dir, path)
}

// oneLine joins the lines of a message of the go command.
func oneLine(message string) string { return strings.Join(strings.Fields(message), " ") }

// languageVersion is the Go version that the files of n are written in.
func (env *goEnv) languageVersion(n *node) string {
	switch {
	case n.std:
		// Newer than what this program was built with: as far as it goes.
		if v := version.Lang(env.version); v != "" && version.Compare(v, version.Lang(runtime.Version())) <= 0 {
			return v
		}
		return ""
	case n.module == nil:
		return ""
	case n.module.GoVersion == "":
		return "go1.16" // what the go command assumes
	}
	return "go" + n.module.GoVersion
}
