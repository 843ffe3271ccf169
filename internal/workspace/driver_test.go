package workspace

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const twoModules = `
-- app/go.mod --
module example.com/app

go 1.26

require example.com/lib v1.0.0

replace example.com/lib => ../lib
-- app/main.go --
package main

import (
	"log"

	"example.com/lib/fail"
)

func main() {
	if len(fail.Name) > 3 {
		fail.Hard("x")
	}
	fail.Soft()
}

func quit() { fail.Deep() }

func quitMethod(r *fail.Reporter) { r.Die() }

func logs() { log.Fatal("x") }

func mayReturn(x bool) {
	if x {
		log.Fatalf("x")
	}
}
-- lib/go.mod --
module example.com/lib

go 1.26
-- lib/fail/fail.go --
package fail

import (
	"os"

	"example.com/lib/inner"
)

const Name = "fail"

func Hard(string) { os.Exit(1) }

func Soft() {}

func Deep() { inner.Exit() }

type Reporter struct{}

func (*Reporter) Die() { inner.Exit() }
-- lib/inner/inner.go --
package inner

import "os"

func Exit() { os.Exit(2) }
`

func TestFactsCrossPackagesAndModules(t *testing.T) {
	tr := newTree(t, twoModules, func(o *Options) { o.Dir += "/app" })
	results := tr.analyze("./...")
	tr.sound(results)
	s := tr.summaryOf(results, "example.com/app")
	if want := []string{"quit", "quitMethod", "logs"}; !slices.Equal(s.Dead, want) {
		t.Errorf("functions that never return: %q, want %q", s.Dead, want)
	}
	for _, want := range []string{"(*example.com/lib/fail.Reporter).Die", "example.com/lib/fail.Deep", "example.com/lib/fail.Hard", "log.Fatal", "log.Fatalf"} {
		if !slices.Contains(s.DeadCalls, want) {
			t.Errorf("%s is not known to never return; known: %q", want, s.DeadCalls)
		}
	}
	if slices.Contains(s.DeadCalls, "example.com/lib/fail.Soft") {
		t.Error("Soft is said to never return")
	}
	// inner is imported through fail alone.
	in, fail := s.Depths["example.com/lib/inner"], s.Depths["example.com/lib/fail"]
	if in == 0 || fail != in+1 {
		t.Errorf("depths: inner %d, fail %d", in, fail)
	}
	if r := results["example.com/app"]; r.Module != "example.com/app" || r.PkgPath != "example.com/app" || len(r.Files) != 1 {
		t.Errorf("result describes its package as %+v", r)
	}
	if s.SSA == 0 {
		t.Error("no SSA was built")
	}
}

const chain = `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

type T struct{ n int }

func New() *T { return &T{1} }

func (t *T) N() int { return t.n }

func Stop() {}
-- b/b.go --
package b

import "example.com/m/a"

func Make() *a.T { return a.New() }

func Take(*a.T) {}

func End() { a.Stop() }
-- c/c.go --
package c

import (
	"example.com/m/a"
	"example.com/m/b"
)

func F() int {
	b.Take(a.New())
	var t *a.T = b.Make()
	return t.N()
}

func G() { b.End() }
-- d/d.go --
package d

func Alone() {}
`

const withTests = `
-- go.mod --
module example.com/m

go 1.26
-- p/p.go --
package p

type T struct{}

func F() T { return T{} }
-- p/p_test.go --
package p

import "testing"

func Helper() T { return F() }

func TestIn(t *testing.T) { t.Fatal(Helper()) }
-- p/x_test.go --
package p_test

import (
	"testing"

	"example.com/m/p"
	"example.com/m/q"
)

func TestX(t *testing.T) {
	var v p.T = q.Get() // q is recompiled against p as tested
	_ = v
	p.Helper()
}
-- q/q.go --
package q

import "example.com/m/p"

func Get() p.T { return p.F() }
-- only/only_test.go --
package only_test

import "testing"

func TestOnly(t *testing.T) { t.Skip() }
`

func TestVariants(t *testing.T) {
	tr := newTree(t, withTests)
	s := tr.snapshot("./...")
	want := []string{
		"example.com/m/only_test [example.com/m/only.test]",
		"example.com/m/p [example.com/m/p.test]",
		"example.com/m/p_test [example.com/m/p.test]",
		"example.com/m/q",
	}
	if roots := s.Roots(); !slices.Equal(roots, want) {
		t.Fatalf("roots %q, want %q", roots, want)
	}
	results := tr.analyzeIDs(s, s.Roots()...)
	tr.sound(results)
	if got := tr.summaryOf(results, want[1]).Dead; !slices.Equal(got, []string{"TestIn"}) {
		t.Errorf("t.Fatal is not known to never return: %q", got)
	}

	containing := map[string][]string{"p/p.go": want[1:2], "p/p_test.go": want[1:2], "p/x_test.go": want[2:3], "q/q.go": want[3:], "none.go": nil}
	for file, ids := range containing {
		if got := s.Containing(tr.path(file)); !slices.Equal(got, ids) {
			t.Errorf("Containing(%s) = %q, want %q", file, got, ids)
		}
	}
	if got := s.Importers(want[1]); !slices.Equal(got, want[2:]) {
		t.Errorf("Importers(%s) = %q, want %q", want[1], got, want[2:])
	}
	if r := results[want[2]]; r.PkgPath != "example.com/m/p_test" || r.Module != "example.com/m" {
		t.Errorf("the external test is %s of %s", r.PkgPath, r.Module)
	}

	// An edit of p must reach its external test, through q as well.
	tr.replace("p/p.go", "type T struct{}", "type T struct{ x int }")
	tr.sound(tr.analyze("./..."))

	tr.open(func(o *Options) { o.Tests = false })
	if roots := tr.snapshot("./...").Roots(); !slices.Equal(roots, []string{"example.com/m/p", "example.com/m/q"}) {
		t.Errorf("roots without tests: %q", roots)
	}
}

func TestPanicLosesOnePackage(t *testing.T) {
	tr := newTree(t, `
-- go.mod --
module example.com/m

go 1.26
-- boom/boom.go --
package boom

func F() { panic(1) }
-- user/user.go --
package user

import "example.com/m/boom"

func G() { boom.F() }
`)
	results := tr.analyze("./...")
	if r := results["example.com/m/boom"]; r.Result != nil || len(r.Errors) > 0 {
		t.Errorf("boom: %+v", r)
	}
	if s := tr.summaryOf(results, "example.com/m/user"); !slices.Equal(s.Dead, []string{"G"}) {
		t.Errorf("the facts of boom were lost with its result: %q", s.Dead)
	}
	lost := tr.w.Stats().Lost
	if len(lost) != 1 || !strings.Contains(lost[0], "example.com/m/boom: summary: panic: assignment to entry in nil map (help_test.go:") {
		t.Errorf("lost: %q", lost)
	}
}

// With one token for all that fills a core, whoever waits for another one
// while holding it waits for ever.
func TestConcurrentAnalyses(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	tr := newTree(t, withTests, func(o *Options) { o.CacheDir = "" })
	runtime.GOMAXPROCS(4)
	done := make(chan error)
	for i := range 4 {
		s := tr.snapshot("./...")
		for range 2 {
			go func() {
				ids := s.Roots()
				if i%2 == 1 {
					slices.Reverse(ids)
				}
				done <- s.Analyze(t.Context(), ids, func(r PackageResult) {
					if r.Result == nil || len(r.Errors) > 0 {
						t.Errorf("%+v", r)
					}
				})
			}()
		}
		tr.replace("p/p.go", "type T struct{", fmt.Sprintf("type T struct{ x%d int;", i))
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
