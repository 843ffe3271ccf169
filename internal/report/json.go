package report

import (
	"encoding/json"
	"io"
	"path/filepath"

	"github.com/ctxls/ctxls/diagnostics"
)

// The JSON schema, version 1. Slices are never null.
type (
	jsonReport struct {
		Version  int           `json:"version"`
		Findings []jsonFinding `json:"findings"`
		Errors   []jsonNote    `json:"errors"`
	}
	jsonFinding struct {
		Rule      string      `json:"rule"`
		Severity  string      `json:"severity"`
		Risk      string      `json:"risk"`
		File      string      `json:"file"`
		Line      int         `json:"line"`
		Column    int         `json:"column"`
		EndLine   int         `json:"endLine"`
		EndColumn int         `json:"endColumn"`
		Package   string      `json:"package"`
		Function  string      `json:"function"`
		Variable  string      `json:"variable"`
		Message   string      `json:"message"`
		Missing   []jsonPlace `json:"missing"`
		Related   []jsonNote  `json:"related"`
		Fixes     []jsonFix   `json:"fixes"`
	}
	jsonPlace struct {
		File   string `json:"file"`
		Line   int    `json:"line"`
		Column int    `json:"column"`
	}
	jsonNote struct {
		jsonPlace
		Message string `json:"message"`
	}
	jsonFix struct {
		Title string     `json:"title"`
		Safe  bool       `json:"safe"`
		Edits []jsonEdit `json:"edits"`
	}
	jsonEdit struct {
		File        string `json:"file"`
		StartLine   int    `json:"startLine"`
		StartColumn int    `json:"startColumn"`
		EndLine     int    `json:"endLine"`
		EndColumn   int    `json:"endColumn"`
		NewText     string `json:"newText"`
	}
)

func writeJSON(w io.Writer, r Report, dir string) error {
	path := func(file string) string { return filepath.ToSlash(Relative(dir, file)) }
	place := func(r diagnostics.Range) jsonPlace { return jsonPlace{path(r.File), r.Start.Line, r.Start.Column} }

	out := jsonReport{Version: 1, Findings: []jsonFinding{}, Errors: []jsonNote{}}
	for _, f := range r.Findings {
		j := jsonFinding{
			Rule: f.Rule, Severity: f.Severity.String(), Risk: string(f.Risk),
			File: path(f.Range.File), Line: f.Range.Start.Line, Column: f.Range.Start.Column,
			EndLine: f.Range.End.Line, EndColumn: f.Range.End.Column,
			Package: f.Package, Function: f.Function, Variable: f.Variable, Message: f.Message,
			Missing: []jsonPlace{}, Related: []jsonNote{}, Fixes: []jsonFix{},
		}
		for _, m := range f.Missing {
			j.Missing = append(j.Missing, place(m))
		}
		for _, n := range f.Related {
			j.Related = append(j.Related, jsonNote{place(n.Range), n.Message})
		}
		for _, x := range f.Fixes {
			fix := jsonFix{Title: x.Title, Safe: x.Safe, Edits: []jsonEdit{}}
			for _, e := range x.Edits {
				fix.Edits = append(fix.Edits, jsonEdit{
					File: path(e.Range.File), StartLine: e.Range.Start.Line, StartColumn: e.Range.Start.Column,
					EndLine: e.Range.End.Line, EndColumn: e.Range.End.Column, NewText: e.NewText,
				})
			}
			j.Fixes = append(j.Fixes, fix)
		}
		out.Findings = append(out.Findings, j)
	}
	for _, e := range r.Errors {
		out.Errors = append(out.Errors, jsonNote{jsonPlace{path(e.File), e.Line, e.Column}, e.Message})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // messages hold <-ctx.Done()
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
