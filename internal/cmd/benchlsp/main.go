//go:build linux

// Benchlsp measures, side by side, how long language servers take from a save
// to the diagnostics: ctxls, gopls as it is delivered, and gopls without its
// delay. Beside them stands the floor: to parse and type-check the package.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/ctxls/ctxls/internal/cmd/internal/program"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchlsp:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	dir := flag.String("workspace", "", "the `folder` of the workspace")
	file := flag.String("file", "", "the `file` to edit, in the workspace; it imports package context")
	rounds := flag.Int("n", 7, "edit and save this `many` times")
	gopls := flag.String("gopls", "gopls", "the gopls `program`; empty: leave it out")
	limit := flag.Duration("timeout", 5*time.Minute, "give a server this long for an answer")
	flag.Parse()
	if *dir == "" || *file == "" {
		return errors.New("want -workspace and -file")
	}
	root, err := filepath.Abs(*dir)
	if err != nil {
		return fmt.Errorf("finding the workspace: %w", err)
	}
	e, err := newEdit(filepath.Join(root, *file))
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "ctxls-bench-")
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	defer os.RemoveAll(tmp)
	prog, err := program.Build(ctx, tmp)
	if err != nil {
		return err
	}
	os.Setenv("CTXLS_CACHE", filepath.Join(tmp, "cache"))

	b := bench{root: root, edit: e, limit: *limit}
	rows := []*row{{name: "ctxls, cold", args: []string{prog.Path, "serve"}}, {name: "ctxls", args: []string{prog.Path, "serve"}}}
	if *gopls != "" {
		path, err := exec.LookPath(*gopls)
		if err != nil {
			return fmt.Errorf("finding gopls: %w", err)
		}
		rows = append(rows, &row{name: "gopls", args: []string{path, "serve"}},
			&row{name: "gopls, no delay", args: []string{path, "serve"}, options: map[string]any{"diagnosticsDelay": "0s"}})
	}
	for _, r := range rows {
		if err := b.first(ctx, r); err != nil {
			return err
		}
		if r.name == "ctxls, cold" {
			r.peak = r.client.stop()
			r.client = nil
			// The next one shall find all it needs in the cache. Findings, and
			// errors in a package of the project, are none of ours.
			check := exec.CommandContext(ctx, prog.Path, "check", "./...")
			check.Dir = root
			_ = check.Run()
		}
	}
	floor, err := newFloor(ctx, root, e)
	if err != nil {
		return err
	}
	defer floor.close()
	for i := range *rounds { // in turn, so that all see the same machine
		for _, r := range rows {
			if r.client == nil {
				continue
			}
			if err := b.save(ctx, r, i); err != nil {
				return err
			}
		}
		if err := floor.measure(ctx, i); err != nil {
			return err
		}
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "server\tfirst diagnostics\tsave, median\tmin\tmax\tof the floor\tpeak MiB")
	base := median(floor.took)
	fmt.Fprintf(out, "floor\t\t%v\t%v\t%v\t1\t\n", ms(base), ms(slices.Min(floor.took)), ms(slices.Max(floor.took)))
	for _, r := range rows {
		if r.client == nil {
			fmt.Fprintf(out, "%s\t%v\t\t\t\t\t%d\n", r.name, ms(r.first), r.peak)
			continue
		}
		m := median(r.took)
		fmt.Fprintf(out, "%s\t%v\t%v\t%v\t%v\t%.2f\t%d\n", r.name, ms(r.first), ms(m), ms(slices.Min(r.took)), ms(slices.Max(r.took)), float64(m)/float64(base), r.client.stop())
	}
	return out.Flush()
}

// row is one server and what was measured of it.
type row struct {
	name    string
	args    []string
	options map[string]any
	client  *client
	version int
	first   time.Duration
	took    []time.Duration
	peak    int
}

type bench struct {
	root  string
	edit  *edit
	limit time.Duration
}

// first starts a server and opens the file with a lost cancel in it.
func (b bench) first(ctx context.Context, r *row) error {
	began := time.Now()
	var err error
	if r.client, err = start(ctx, r.name, b.root, r.args...); err != nil { // it lives on
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, b.limit)
	defer cancel()
	uri := "file://" + b.root
	err = r.client.call(ctx, "initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": uri, "initializationOptions": r.options,
		"workspaceFolders": []any{map[string]any{"uri": uri, "name": "w"}},
		"capabilities":     map[string]any{"textDocument": map[string]any{"publishDiagnostics": map[string]any{"versionSupport": true}}},
	})
	if err != nil {
		return fmt.Errorf("initialising %s: %w", r.name, err)
	}
	r.version = 1
	if err := errors.Join(
		r.client.notify("initialized", map[string]any{}),
		r.client.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
			"uri": b.edit.uri, "languageId": "go", "version": 1, "text": b.edit.text("benchFirst"),
		}}),
	); err != nil {
		return err
	}
	at, err := r.client.await(ctx, b.edit.uri, "benchFirst")
	r.first = at.Sub(began)
	return err
}

// save edits, saves, and waits for the finding in the new text.
func (b bench) save(ctx context.Context, r *row, i int) error {
	ctx, cancel := context.WithTimeout(ctx, b.limit)
	defer cancel()
	select {
	case <-time.After(2 * time.Second): // what the last save set off is over
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	name := fmt.Sprintf("bench%c", 'A'+i%26)
	r.version++
	began := time.Now()
	if err := errors.Join(
		r.client.notify("textDocument/didChange", map[string]any{
			"textDocument":   map[string]any{"uri": b.edit.uri, "version": r.version},
			"contentChanges": []any{map[string]any{"text": b.edit.text(name)}},
		}),
		r.client.notify("textDocument/didSave", map[string]any{"textDocument": map[string]any{"uri": b.edit.uri}}),
	); err != nil {
		return err
	}
	at, err := r.client.await(ctx, b.edit.uri, name)
	r.took = append(r.took, at.Sub(began))
	return err
}

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

func ms(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
