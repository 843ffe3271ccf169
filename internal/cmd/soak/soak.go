package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/workspace"
)

// soak edits open files of one package at random, and compares what the
// incremental analysis makes of each state with what a whole one does.
type soak struct {
	dir, pattern string
	seed         uint64
	steps        int
	log          io.Writer
}

// result is what came out of the comparison.
type result struct {
	steps, updated           int
	early                    int           // files of which the findings were told before the rest
	incremental, whole       time.Duration // medians aren't needed here: sums
	withErrors, withFindings int
	interrupted              []time.Duration // from the cancel to the return
}

func (s soak) run(ctx context.Context) (result, error) {
	var r result
	open := func(whole bool) *workspace.Workspace {
		return workspace.New(workspace.Options{Dir: s.dir, Tests: true, Root: diagnostics.Suite, Whole: whole})
	}
	inc, full := open(false), open(true)
	defer inc.Close()
	defer full.Close()

	first, err := inc.Snapshot(ctx, s.pattern)
	if err != nil {
		return r, fmt.Errorf("loading %s: %w", s.pattern, err)
	}
	random := rand.New(rand.NewPCG(s.seed, 1))
	original, current := make(map[string]string), make(map[string]string)
	var files []string
	err = first.Analyze(ctx, first.Roots(), func(p workspace.PackageResult) {
		for _, f := range p.Files {
			if _, known := original[f]; !known && strings.HasSuffix(f, ".go") {
				if text, err := os.ReadFile(f); err == nil {
					files = append(files, f)
					original[f], current[f] = string(text), string(text)
				}
			}
		}
	})
	if err != nil {
		return r, fmt.Errorf("analysing %s: %w", s.pattern, err)
	}
	broken := false
	apart := make(map[string]bool) // files of which the last state said so
	for step := range s.steps {
		file := files[random.IntN(len(files))]
		what := "reverted"
		switch {
		case broken && random.IntN(8) > 0: // most edits should compile
			for f, text := range original {
				if current[f] != text {
					current[f] = text
					inc.SetOverlay(f, []byte(text))
					full.SetOverlay(f, []byte(text))
				}
			}
		case random.IntN(4) == 0:
			current[file] = original[file]
		case random.IntN(4) == 0:
			current[file], what = mutate(random, current[file])
		default:
			current[file], what = mutate(random, original[file])
		}
		if step > 0 && random.IntN(5) == 0 { // another one in the same step
			other := files[random.IntN(len(files))]
			current[other], _ = mutate(random, original[other])
			inc.SetOverlay(other, []byte(current[other]))
			full.SetOverlay(other, []byte(current[other]))
		}
		if r.updated > 0 && random.IntN(2) == 0 { // typed over at once
			text, _ := mutate(random, original[file])
			inc.SetOverlay(file, []byte(text))
			late, done, err := s.interrupt(ctx, inc, time.Duration(random.Int64N(int64(r.incremental)/int64(r.steps))))
			if err != nil {
				return r, err
			}
			if !done {
				r.interrupted = append(r.interrupted, late)
			}
		}
		inc.SetOverlay(file, []byte(current[file]))
		full.SetOverlay(file, []byte(current[file]))
		before := inc.Stats().Updated
		start := time.Now()
		got, _, said, err := s.analyse(ctx, inc)
		if err != nil {
			return r, err
		}
		mid := time.Now()
		want, errs, _, err := s.analyse(ctx, full)
		if err != nil {
			return r, err
		}
		r.steps++
		r.updated += inc.Stats().Updated - before
		r.incremental += mid.Sub(start)
		r.whole += time.Since(mid)
		if broken = errs > 0; broken {
			r.withErrors++
		}
		if strings.Contains(want, `"Rule":`) {
			r.withFindings++
		}
		fmt.Fprintf(s.log, "%d %s: %s, %v and %v\n", step, file, what, mid.Sub(start).Round(time.Millisecond), time.Since(mid).Round(time.Millisecond))
		if got != want {
			return r, fmt.Errorf("seed %d, step %d, %s, %s: the incremental analysis differs from a whole one:\n%s", s.seed, step, file, what, firstDifference(got, want))
		}
		told, err := said.early(apart)
		if err != nil {
			return r, fmt.Errorf("seed %d, step %d, %s, %s: %w", s.seed, step, file, what, err)
		}
		r.early += told
	}
	return r, nil
}

// interrupt cancels an analysis after a while. It tells how long that took to
// return, and whether it had come to its end before.
func (s soak) interrupt(ctx context.Context, w *workspace.Workspace, after time.Duration) (late time.Duration, done bool, err error) {
	snap, err := w.Snapshot(ctx, s.pattern)
	if err != nil {
		return 0, false, fmt.Errorf("loading %s: %w", s.pattern, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cancelled := make(chan time.Time, 1)
	timer := time.AfterFunc(after, func() {
		cancelled <- time.Now()
		cancel()
	})
	err = snap.Analyze(ctx, snap.Roots(), func(workspace.PackageResult) {})
	end := time.Now()
	if timer.Stop() {
		return 0, true, err
	}
	at := <-cancelled
	if err != nil && !errors.Is(err, context.Canceled) {
		return 0, false, fmt.Errorf("analysing %s: %w", s.pattern, err)
	}
	return end.Sub(at), err == nil, nil
}

// analyse returns all that is said of the package, as text, and how many errors
// there are.
func (s soak) analyse(ctx context.Context, w *workspace.Workspace) (text string, errs int, said said, err error) {
	snap, err := w.Snapshot(ctx, s.pattern)
	if err != nil {
		return "", 0, said, fmt.Errorf("loading %s: %w", s.pattern, err)
	}
	byID := make(map[string]string)
	early := func(p workspace.Part) { said.parts = append(said.parts, p) }
	err = snap.AnalyzeInParts(ctx, snap.Roots(), early, func(p workspace.PackageResult) {
		said.whole = append(said.whole, p)
		errs += len(p.Errors)
		data, err := told(p)
		if err != nil {
			data = []byte(err.Error())
		}
		byID[p.ID] = string(data)
	})
	if err != nil {
		return "", 0, said, fmt.Errorf("analysing %s: %w", s.pattern, err)
	}
	var out strings.Builder
	for _, id := range snap.Roots() {
		fmt.Fprintf(&out, "%s\n%s\n", id, byID[id])
	}
	return out.String(), errs, said, nil
}

// said is what an analysis has told, early and at its end.
type said struct {
	parts []workspace.Part
	whole []workspace.PackageResult
}

// early compares what was told early of files with what is told at the end,
// and counts those files. It leaves out those in whose findings functions of
// other files have a say, before or newly, and notes them in apart, for the next
// time.
func (s said) early(apart map[string]bool) (files int, err error) {
	before := maps.Clone(apart)
	clear(apart)
	for _, p := range s.whole {
		report, ok := p.Result.(*diagnostics.Report)
		if !ok {
			continue
		}
		for _, file := range report.Apart {
			apart[file] = true
		}
		in := func(r *diagnostics.Report, file string) string {
			var found []diagnostics.Finding
			for _, f := range r.Findings {
				if f.Range.File == file {
					found = append(found, f)
				}
			}
			data, err := json.MarshalIndent(found, "", " ")
			if err != nil {
				return err.Error()
			}
			return string(data)
		}
		for _, part := range s.parts {
			if part.ID != p.ID {
				continue
			}
			for _, file := range part.Files {
				if before[file] || apart[file] {
					continue
				}
				files++
				if got, want := in(part.Result.(*diagnostics.Report), file), in(report, file); got != want {
					return files, fmt.Errorf("what is told early of %s differs from what is told at the end:\n%s", file, firstDifference(got, want))
				}
			}
		}
	}
	return files, nil
}

// told is all that is said of one package.
func told(p workspace.PackageResult) ([]byte, error) {
	said := map[string]any{"errors": p.Errors}
	if report, ok := p.Result.(*diagnostics.Report); ok {
		told, err := report.Story.Decode()
		if err != nil {
			return nil, err
		}
		said["findings"], said["lost"], said["story"] = report.Findings, report.Lost, told
	}
	return json.MarshalIndent(said, "", " ")
}

// firstDifference shows the first lines that differ, with some before.
func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	around := func(lines []string) string {
		return strings.Join(lines[max(0, i-25):min(len(lines), i+8)], "\n")
	}
	return "incremental:\n" + around(a) + "\nwhole:\n" + around(b)
}
