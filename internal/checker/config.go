package checker

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/ctxls/ctxls/internal/config"
	"github.com/ctxls/ctxls/internal/workspace"
)

// packageConfig is the configuration that holds for a package.
type packageConfig struct {
	config.Config
	found config.Problems
}

// configs finds the configuration of each folder.
type configs struct {
	opts   Options
	root   string         // of the workspace
	base   *packageConfig // of Options.Dir
	byDir  map[string]*packageConfig
	byFile map[string]*packageConfig
}

func newConfigs(opts Options) (*configs, error) {
	cs := &configs{
		opts: opts, root: config.Root(opts.Dir),
		byDir: make(map[string]*packageConfig), byFile: make(map[string]*packageConfig),
	}
	var err error
	cs.base, err = cs.of(opts.Dir)
	return cs, err
}

// of returns the configuration that holds for a folder.
func (cs *configs) of(dir string) (*packageConfig, error) {
	if c := cs.byDir[dir]; c != nil {
		return c, nil
	}
	file := cs.opts.Config
	if file == "" {
		root := cs.root
		if !isWithin(dir, root) {
			root = config.Root(dir)
		}
		var err error
		if file, err = config.Find(dir, root); err != nil {
			return nil, err
		}
	}
	c, err := cs.load(file)
	if err != nil {
		return nil, err
	}
	cs.byDir[dir] = c
	return c, nil
}

func (cs *configs) load(file string) (*packageConfig, error) {
	if c := cs.byFile[file]; c != nil {
		return c, nil
	}
	c := new(packageConfig)
	if file != "" {
		var err error
		if c.Config, err = config.Load(file); err != nil && !errors.As(err, &c.found) {
			return nil, err
		}
	}
	cs.byFile[file] = c
	return c, nil
}

// problems returns what is wrong with the configurations that were read.
func (cs *configs) problems() []workspace.Error {
	var errs []workspace.Error
	for _, c := range cs.byFile {
		for _, p := range c.found {
			errs = append(errs, workspace.Error{File: p.File, Line: p.Line, Column: p.Column, Message: p.Message})
		}
	}
	return errs
}

func (cs *configs) buildTags() []string {
	if cs.opts.BuildTags != nil {
		return cs.opts.BuildTags
	}
	return cs.base.BuildTags
}

func isWithin(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(os.PathSeparator))
}
