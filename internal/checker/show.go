package checker

import (
	"slices"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/callsites"
	"github.com/ctxls/ctxls/internal/config"
)

// Show returns the findings in files of one folder that the options and the
// configuration of the folder show; see [diagnostics.Options] for refuted.
func Show(findings []diagnostics.Finding, o Options, cfg config.Config, refuted func(callsites.Premise) bool) []diagnostics.Finding {
	selection := o.selection(cfg)
	selection.Refuted = refuted
	return slices.DeleteFunc(diagnostics.Select(findings, selection), func(f diagnostics.Finding) bool {
		return cfg.Excludes(f.Range.File) || f.Severity < o.Least
	})
}

func (o Options) tests(cfg config.Config) bool {
	switch {
	case o.Tests != nil:
		return *o.Tests
	case cfg.Tests != nil:
		return *cfg.Tests
	}
	return true
}

// selection merges the options, which win, with a configuration.
func (o Options) selection(cfg config.Config) diagnostics.Options {
	merged := diagnostics.Options{
		Severity: make(map[string]diagnostics.Severity),
		All:      o.All, Least: o.Least, Tests: o.tests(cfg),
	}
	if merged.Least == 0 {
		merged.Least = rule.Information
	}
	for name, severity := range cfg.Rules {
		merged.Severity[name] = severity
	}
	for name, on := range o.Rules {
		switch {
		case !on:
			merged.Severity[name] = 0
		case merged.Severity[name] == 0:
			merged.Severity[name] = diagnostics.Own
		}
	}
	return merged
}
