package diagnostics_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics"
)

// huge are functions of the size that generators write, in shapes that make
// careless algorithms quadratic. Each has about 20,000 lines.
var huge = []struct {
	name  string
	print func(b *strings.Builder, scale float64)
}{
	{"calls", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context, f func(context.Context, int)) {\n")
		for i := range int(20_000 * scale) {
			fmt.Fprintf(b, "f(ctx, %d)\n", i)
		}
	}},
	{"errors", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context, f func(context.Context) error) error {\nc, cancel := context.WithCancel(ctx)\n")
		for range int(6_600 * scale) {
			b.WriteString("if err := f(c); err != nil {\nreturn err\n}\n")
		}
		b.WriteString("cancel()\nreturn nil\n")
	}},
	{"nested", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context, f func(context.Context) bool) {\nc, cancel := context.WithCancel(ctx)\n")
		for range int(100 * scale) {
			b.WriteString(strings.Repeat("if f(c) {\n", 100) + "cancel()\n" + strings.Repeat("}\n", 100))
		}
	}},
	{"lost", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context, f func(context.Context) bool) {\n")
		for i := range int(5_000 * scale) {
			fmt.Fprintf(b, "c%d, cancel%[1]d := context.WithCancel(ctx)\nif f(c%[1]d) {\nreturn\n}\ncancel%[1]d()\n", i)
		}
	}},
	{"deferred", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context, f func(context.Context)) {\n")
		for i := range int(7_000 * scale) {
			fmt.Fprintf(b, "c%d, cancel%[1]d := context.WithTimeout(ctx, 1)\ndefer cancel%[1]d()\nf(c%[1]d)\n", i)
		}
	}},
	{"chain", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context, f func(context.Context)) {\n")
		for range int(10_000 * scale) {
			b.WriteString("ctx = context.WithValue(ctx, key{}, 1)\nf(ctx)\n")
		}
	}},
	{"goroutines", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context) {\n")
		for i := range int(5_000 * scale) {
			fmt.Fprintf(b, "ch%d := make(chan int)\ngo func() { ch%[1]d <- 1 }()\nselect {\ncase <-ch%[1]d:\ncase <-ctx.Done():\n}\n", i)
		}
	}},
	{"oneChannel", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context) {\nch := make(chan int)\n")
		for range int(5_000 * scale) {
			b.WriteString("go func() {\nch <- 1\n}()\n")
		}
		b.WriteString("select {\ncase <-ch:\ncase <-ctx.Done():\n}\n")
	}},
	{"captured", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context, f func(func())) {\nvar cancel context.CancelFunc\n")
		for range int(4_000 * scale) {
			b.WriteString("_, cancel = context.WithCancel(ctx)\nf(func() {\nif cancel != nil {\ncancel()\n}\n})\n")
		}
	}},
	{"switch", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context, n int, f func(context.Context)) {\nfor {\nswitch n {\n")
		for i := range int(5_000 * scale) {
			fmt.Fprintf(b, "case %d:\nf(ctx)\ntime.Sleep(time.Second)\nn = %[1]d + 7\n", i)
		}
		b.WriteString("}\n}\n")
	}},
	{"select", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context, ch chan int, f func(int)) {\nfor {\nselect {\n")
		for i := range int(5_000 * scale) {
			fmt.Fprintf(b, "case x := <-ch:\nif x > %d {\nf(x)\n}\n", i)
		}
		b.WriteString("case <-ctx.Done():\n}\n}\n")
	}},
	{"loops", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context, ch chan int, f func(context.Context)) {\n")
		for range int(3_000 * scale) {
			b.WriteString("for x := range ch {\nc, cancel := context.WithCancel(ctx)\ndefer cancel()\nf(c)\n_ = x\n}\n")
		}
	}},
	{"closures", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context, f func(context.Context)) {\n")
		for range int(200 * scale) {
			b.WriteString(strings.Repeat("func() {\n", 50) + "f(ctx)\n" + strings.Repeat("}()\n", 50))
		}
	}},
	{"phis", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context, n int, f func(context.Context)) {\ns := \"\"\nfor {\nswitch n {\n")
		for i := range int(2_000 * scale) {
			fmt.Fprintf(b, "case %d:\nif s != \"\" {\ns = s + \"x\"\n}\n", i)
		}
		b.WriteString("}\nf(context.WithValue(context.Background(), key{}, s))\nn++\n}\n")
	}},
	{"roots", func(b *strings.Builder, scale float64) {
		b.WriteString("func big(ctx context.Context, f func(context.Context)) {\n")
		for range int(10_000 * scale) {
			b.WriteString("f(context.Background())\ntime.Sleep(time.Second)\n")
		}
	}},
}

func program(print func(*strings.Builder, float64), scale float64) []byte {
	var b strings.Builder
	b.WriteString("package fuzz\n\nimport (\n\"context\"\n\"time\"\n)\n\nvar _ = time.Now\n\ntype key struct{}\n\n")
	print(&b, scale)
	b.WriteString("}\n")
	return []byte(b.String())
}

// BenchmarkHuge says what functions of 20,000 lines cost, and which analyzers
// that is; BenchmarkLarge what those do that are just not cut.
func BenchmarkHuge(b *testing.B) {
	benchmark(b, func(func(*strings.Builder, float64)) float64 { return 1 })
}
func BenchmarkLarge(b *testing.B) {
	benchmark(b, func(print func(*strings.Builder, float64)) float64 { return largest(b, print) })
}

// largest is the scale, of some, at which a function is just not left out.
func largest(b *testing.B, print func(*strings.Builder, float64)) float64 {
	for scale := 0.6; scale > 0.01; scale *= 0.8 {
		report := execute(b, typeCheck(program(print, scale)), diagnostics.Suite, make(map[*analysis.Analyzer]any)).(*diagnostics.Report)
		if !slices.ContainsFunc(report.Lost, func(lost string) bool { return strings.HasPrefix(lost, "flow: ") }) {
			return scale
		}
	}
	b.Fatal("it is always left out")
	return 0
}

func benchmark(b *testing.B, scaleOf func(print func(*strings.Builder, float64)) float64) {
	for _, h := range huge {
		text := program(h.print, scaleOf(h.print))
		b.Run(h.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				pass := typeCheck(text)
				if pass == nil {
					b.Fatal("the program has errors")
				}
				b.StartTimer()
				done := make(map[*analysis.Analyzer]any)
				for _, a := range diagnostics.Suite.Requires {
					start := time.Now()
					execute(b, pass, a, done)
					if took := time.Since(start); took > 200*time.Millisecond {
						b.Logf("%s: %v", a.Name, took.Round(time.Millisecond))
					}
				}
				report := execute(b, pass, diagnostics.Suite, done).(*diagnostics.Report)
				b.ReportMetric(float64(len(report.Findings)), "findings")
				b.ReportMetric(float64(len(report.Lost)), "cut")
			}
		})
	}
}

// TestHuge: functions of 20,000 lines come to an end, and it is told that they
// were cut. The bound is far above what they take, for slow machines and the
// race detector.
func TestHuge(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	for _, h := range huge {
		t.Run(h.name, func(t *testing.T) {
			pass := typeCheck(program(h.print, 1))
			if pass == nil {
				t.Fatal("the program has errors")
			}
			start := time.Now()
			report := execute(t, pass, diagnostics.Suite, make(map[*analysis.Analyzer]any)).(*diagnostics.Report)
			if took := time.Since(start); took > 2*time.Minute {
				t.Errorf("it takes %v", took)
			}
			if len(report.Lost) == 0 {
				t.Error("nobody says that it was cut")
			}
			for _, lost := range report.Lost {
				if !strings.Contains(lost, "too large") {
					t.Error(lost)
				}
			}
		})
	}
}

// TestLargeFixes: there is a bound to the fixes of one function as well, and
// none to what is found in it.
func TestLargeFixes(t *testing.T) {
	for _, h := range huge {
		if h.name != "lost" {
			continue
		}
		report := execute(t, typeCheck(program(h.print, 0.06)), diagnostics.Suite, make(map[*analysis.Analyzer]any)).(*diagnostics.Report)
		fixed, found := 0, 0
		for _, f := range report.Findings {
			if f.Rule == "lostcancel" {
				found++
				fixed += min(len(f.Fixes), 1)
			}
		}
		if found != 300 || fixed == 0 || fixed == found {
			t.Errorf("%d findings, %d of them with a fix", found, fixed)
		}
		if len(report.Lost) != 1 || !strings.HasSuffix(report.Lost[0], "it is too large for fixes of all that is found in it") {
			t.Errorf("it says %q", report.Lost)
		}
	}
}
