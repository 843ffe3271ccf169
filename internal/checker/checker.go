// Package checker runs the rules on packages as a user asked for: load,
// analyse, configure, select. The command line and its fixes share it.
package checker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/callsites"
	"github.com/ctxls/ctxls/internal/config"
	"github.com/ctxls/ctxls/internal/workspace"
)

// Options say what to check and what to show. What is nil or empty in them
// comes from the configuration file, then from defaults.
type Options struct {
	Dir       string   // absolute; patterns are relative to it
	Patterns  []string // default: ./...
	Config    string   // the configuration file; default: the nearest one of each package
	Tests     *bool
	BuildTags []string
	Rules     map[string]bool // switched on or off
	All       bool            // every rule, and every severity that Least does not exclude
	Least     diagnostics.Severity
	CacheDir  string
	Progress  func(workspace.Progress)
}

// Checker checks one set of packages, again after each change of a text.
type Checker struct {
	opts    Options
	configs *configs
	ws      *workspace.Workspace
	sites   *callsites.Set

	snap  *workspace.Snapshot // of the last Run
	stats Stats
}

// Stats tell what a [Checker] did so far.
type Stats struct {
	workspace.Stats
	Functions int           // of the last Run
	Lost      []string      // functions of the last Run that a rule failed on
	Load      time.Duration // wall time of all runs
	Analyse   time.Duration
	Select    time.Duration
}

// Result is what a run found.
type Result struct {
	Findings []diagnostics.Finding // sorted
	Errors   []workspace.Error     // of the configuration and the code, sorted
}

// New returns a checker. With an error of type config.Problems the
// configuration cannot be relied on.
func New(opts Options) (*Checker, error) {
	if len(opts.Patterns) == 0 {
		opts.Patterns = []string{"./..."}
	}
	configs, err := newConfigs(opts)
	if err != nil {
		return nil, err
	}
	return &Checker{
		opts:    opts,
		configs: configs,
		sites:   callsites.NewSet(config.Root),
		ws: workspace.New(workspace.Options{
			Dir: opts.Dir, BuildTags: configs.buildTags(), Tests: opts.tests(configs.base.Config),
			Root: diagnostics.NewSuite(configs.base.Functions), Salt: configs.base.Functions.Key(),
			CacheDir: opts.CacheDir, Progress: opts.Progress,
		}),
	}, nil
}

// Close ends the checker.
func (c *Checker) Close() error {
	if err := c.ws.Close(); err != nil {
		return fmt.Errorf("closing the workspace: %w", err)
	}
	return nil
}

// Stats returns what was counted so far.
func (c *Checker) Stats() Stats {
	s := c.stats
	s.Stats = c.ws.Stats()
	return s
}

// Run checks all packages. When they cannot be loaded at all the reasons are
// in the result, which is never nil; an error says that there was nothing to
// check, or that ctx has ended.
func (c *Checker) Run(ctx context.Context) (*Result, error) {
	result := new(Result)
	start := time.Now()
	snap, err := c.ws.Snapshot(ctx, c.opts.Patterns...)
	if errors.Is(err, workspace.ErrNoPackages) && !c.opts.tests(c.configs.base.Config) && c.hasTests(ctx) {
		return result, nil
	}
	c.stats.Load += time.Since(start)
	if load := (*workspace.LoadError)(nil); errors.As(err, &load) && ctx.Err() == nil {
		result.Errors = tidy(load.Errors)
		return result, nil
	} else if err != nil {
		return result, err
	}
	c.snap = snap
	reports, errs, err := c.analyse(ctx, snap, snap.Roots())
	if err != nil {
		return result, err
	}
	c.stats.Functions, c.stats.Lost = 0, nil
	var findings []diagnostics.Finding
	for _, r := range reports {
		c.stats.Functions += r.Functions
		c.stats.Lost = append(c.stats.Lost, r.Lost...)
		findings = append(findings, r.Findings...)
	}
	slices.Sort(c.stats.Lost)

	start = time.Now()
	defer func() { c.stats.Select += time.Since(start) }()
	c.sites.Changed()
	if result.Findings, err = c.show(ctx, findings); err != nil {
		return result, err
	}
	result.Errors = tidy(slices.Concat(c.configs.problems(), snap.Errors(), errs))
	return result, nil
}

// hasTests reports whether the patterns match packages that have tests alone,
// which a workspace without tests does not know.
func (c *Checker) hasTests(ctx context.Context) bool {
	ws := workspace.New(workspace.Options{Dir: c.opts.Dir, BuildTags: c.configs.buildTags(), Tests: true, Root: diagnostics.Suite})
	defer ws.Close()
	_, err := ws.Snapshot(ctx, c.opts.Patterns...)
	return err == nil
}

// analyse returns the reports of the packages, and the errors in them.
func (c *Checker) analyse(ctx context.Context, snap *workspace.Snapshot, ids []string) ([]*diagnostics.Report, []workspace.Error, error) {
	start := time.Now()
	defer func() { c.stats.Analyse += time.Since(start) }()
	var (
		mu      sync.Mutex
		reports []*diagnostics.Report
		errs    []workspace.Error
	)
	err := snap.Analyze(ctx, ids, func(r workspace.PackageResult) {
		mu.Lock()
		defer mu.Unlock()
		errs = append(errs, r.Errors...)
		if report, ok := r.Result.(*diagnostics.Report); ok {
			reports = append(reports, report)
		}
	})
	return reports, errs, err
}

// show returns the findings that the options and the configurations of their
// folders show.
func (c *Checker) show(ctx context.Context, findings []diagnostics.Finding) ([]diagnostics.Finding, error) {
	byDir := make(map[string][]diagnostics.Finding)
	for _, f := range findings {
		dir := filepath.Dir(f.Range.File)
		byDir[dir] = append(byDir[dir], f)
	}
	refuted := func(p callsites.Premise) bool { return c.sites.Refutes(ctx, p) }
	var shown []diagnostics.Finding
	for dir, found := range byDir {
		cfg, err := c.configs.of(dir)
		if err != nil {
			return nil, err
		}
		shown = append(shown, Show(found, c.opts, cfg.Config, refuted)...)
	}
	// Those of one file are sorted already.
	slices.SortStableFunc(shown, func(a, b diagnostics.Finding) int { return strings.Compare(a.Range.File, b.Range.File) })
	return shown, ctx.Err()
}

// Text returns the text of the file that the last Run saw.
func (c *Checker) Text(file string) ([]byte, error) {
	text, err := c.snap.Text(file)
	if err != nil {
		return nil, fmt.Errorf("reading the text that was analysed: %w", err)
	}
	return text, nil
}

// SetText makes text the content of the file for the runs to come; nil means
// what is on disk.
func (c *Checker) SetText(file string, text []byte) { c.ws.SetOverlay(file, text) }

// ErrorsAround returns the errors in the packages of these files, as they are
// now.
func (c *Checker) ErrorsAround(ctx context.Context, files []string) ([]workspace.Error, error) {
	snap, err := c.ws.Snapshot(ctx, c.opts.Patterns...)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, file := range files {
		ids = append(ids, snap.Containing(file)...)
	}
	slices.Sort(ids)
	_, errs, err := c.analyse(ctx, snap, slices.Compact(ids))
	return tidy(errs), err
}

// tidy sorts errors and drops doubles: a file may be in several packages.
func tidy(errs []workspace.Error) []workspace.Error {
	errs = slices.Clone(errs)
	slices.SortFunc(errs, func(a, b workspace.Error) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column), strings.Compare(a.Message, b.Message))
	})
	return slices.Compact(errs)
}
