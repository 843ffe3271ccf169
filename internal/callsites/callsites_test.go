package callsites

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// write puts the files of an archive into a folder.
func write(t *testing.T, archive string) string {
	t.Helper()
	root := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(root, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// program makes the module one with a program.
const program = "-- cmd/m/main.go --\npackage main\nfunc main() {}\n"

// TestContextEnds has a module a case: its package p has a function F (or the
// method T.F) with a context ctx.
func TestContextEnds(t *testing.T) {
	const head = "-- go.mod --\nmodule example.com/m\n-- p/p.go --\npackage p\nimport \"context\"\nfunc F(ctx context.Context) {}\n"
	const method = "-- go.mod --\nmodule example.com/m\n-- p/p.go --\npackage p\nimport \"context\"\ntype T struct{}\nfunc (t *T) F(ctx context.Context, n int) {}\n"
	caller := func(body string) string {
		return "-- main.go --\npackage main\nimport (\n\"context\"\n\"os\"\n\"os/signal\"\n\"time\"\n\"example.com/m/p\"\n)\n" + body + "\n"
	}
	tests := []struct {
		name, files, function, expr string
		want                        bool // refuted
	}{
		{"nobody calls it", head, "F", "ctx", false},
		{"only tests call it", head + "-- p/p_test.go --\npackage p\nfunc TestF(t *testing.T) { F(context.Background()) }\n", "F", "ctx", false},
		{"main gives a root", head + caller(`func main() { p.F(context.Background()) }`), "F", "ctx", true},
		{"a variable of main holds it", head + caller(`func main() { ctx := context.TODO(); p.F(ctx) }`), "F", "ctx", true},
		{"through another function", head + caller(`func main() { run(context.Background()) }
func run(c context.Context) { p.F(c) }`), "F", "ctx", true},
		{"a signal ends it", head + caller(`func main() { ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt); defer stop(); p.F(ctx) }`), "F", "ctx", false},
		{"a deadline ends it", head + caller(`func main() { ctx, cancel := context.WithTimeout(context.Background(), time.Second); defer cancel(); p.F(ctx) }`), "F", "ctx", false},
		{"one caller of two ends it", head + caller(`func main() { p.F(context.Background()); run(os.Args) }
func run(_ any) { ctx, cancel := context.WithCancel(context.Background()); go p.F(ctx); cancel() }`), "F", "ctx", false},
		{"cancelled when it has returned", head + caller(`func main() { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); p.F(ctx) }`), "F", "ctx", true},
		{"cancelled while a goroutine has it", head + caller(`func main() { for { run() } }
func run() { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); go p.F(ctx) }`), "F", "ctx", false},
		{"cancelled as main leaves", head + caller(`func main() { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); go p.F(ctx); select {} }`), "F", "ctx", true},
		{"cancelled as what main calls last leaves", head + caller(`func main() { if err := run(); err != nil { os.Exit(1) } }
func run() error { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); go p.F(ctx); select {} }`), "F", "ctx", true},
		{"main goes on with something else", head + caller(`func main() { run(); serve() }
func serve() {}
func run() { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); go p.F(ctx); time.Sleep(time.Hour) }`), "F", "ctx", false},
		{"through a variable that holds it", head + caller(`var f = p.F
func main() { f(context.Background()) }`), "F", "ctx", true},
		{"through a variable that is set again", head + caller(`var f = p.F
func main() { f(context.Background()); f = nil }`), "F", "ctx", false},
		{"what main calls last waits by a receive", head + caller(`func main() { run() }
func run() { done := make(chan int); defer func() { <-done }(); ctx, cancel := context.WithCancel(context.Background()); defer cancel(); go p.F(ctx); select {} }`), "F", "ctx", false},
		{"what main calls last closes something", head + caller(`func main() { run() }
func run() { w := worker(); defer w.Close(); ctx, cancel := context.WithCancel(context.Background()); defer cancel(); go p.F(ctx); select {} }`), "F", "ctx", false},
		{"main defers a wait", head + caller(`func main() { defer wg.Wait(); run() }
func run() { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); go p.F(ctx); select {} }`), "F", "ctx", false},
		{"variables for two systems hold one another", head + caller(`var f = p.F
func main() { ctx, stop := signal.NotifyContext(context.Background()); defer stop(); f(ctx) }`) + "-- a_linux.go --\npackage main\nimport \"example.com/m/p\"\nvar (\nlow = p.F\nhigh = low\n)\n-- b_windows.go --\npackage main\nimport \"example.com/m/p\"\nvar (\nhigh = p.F\nlow = high\n)\n", "F", "ctx", false},
		{"a list of contexts", head + caller(`func main() { ctxs := live(); p.F(merge.Merge(context.Background(), ctxs...)) }`), "F", "ctx", false},
		{"main goes on behind it", head + caller(`func main() { run(); for { time.Sleep(time.Second) } }
func run() { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); go p.F(ctx); time.Sleep(time.Hour) }`), "F", "ctx", false},
		{"what main calls last waits for it", head + caller(`func main() { run() }
func run() { var wg sync.WaitGroup; defer wg.Wait(); ctx, cancel := context.WithCancel(context.Background()); defer cancel(); go p.F(ctx); select {} }`), "F", "ctx", false},
		{"cancelled by main, too", head + caller(`func main() { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); go p.F(ctx); cancel(); select {} }`), "F", "ctx", false},
		{"cancelled by whoever stores it", head + caller(`type session struct{ ctx context.Context }
func main() { for { go handle() } }
func handle() { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); start(ctx) }
func start(ctx context.Context) { s := &session{ctx: ctx}; s.loop() }
func (s *session) loop() { p.F(s.ctx) }`), "F", "ctx", false},
		{"cancelled by whoever sets a variable", head + caller(`var cur context.Context
func main() { for { handle() } }
func handle() { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); cur = ctx; loop() }
func loop() { p.F(cur) }`), "F", "ctx", false},
		{"handed on, and to a goroutine as well", head + caller(`func main() { for { session() } }
func session() { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); outer(ctx) }
func outer(ctx context.Context) { step(ctx); start(ctx) }
func start(ctx context.Context) { go step(ctx) }
func step(ctx context.Context) { p.F(ctx) }`), "F", "ctx", false},
		{"a cancel function by another name", head + caller(`func main() { c, s := context.WithCancel(context.Background()); defer s(); p.F(c) }`), "F", "ctx", true},
		{"a variable named context", head + caller(`func main() { c := signals(); context := fake{c}; p.F(context.Background()) }`), "F", "ctx", false},
		{"values are put in", head + caller(`func main() { ctx := context.WithValue(context.Background(), "k", 1); ctx = with(ctx, 2); p.F(ctx) }
func with(ctx context.Context, n int) context.Context { return ctx }`), "F", "ctx", true},
		{"a helper's name says that it ends it", head + caller(`func main() { ctx := helper.WithSignals(context.Background()); p.F(ctx) }`), "F", "ctx", false},
		{"a helper of the module ends it", head + caller(`func main() { p.F(trap(context.Background())) }
func trap(ctx context.Context) context.Context { ctx, _ = signal.NotifyContext(ctx); return ctx }`), "F", "ctx", false},
		{"a helper of the module with two results", head + caller(`func main() { ctx, release := lease(context.Background()); p.F(ctx); release() }
func lease(ctx context.Context) (context.Context, func()) { ctx, c := context.WithCancel(ctx); return ctx, c }`), "F", "ctx", false},
		{"one of two contexts", head + caller(`func main() { p.F(helper.Merge(context.Background(), ctx)) }`), "F", "ctx", false},
		{"a helper without arguments", head + caller(`func main() { p.F(newContext()) }`), "F", "ctx", false},
		{"used as a value", head + caller(`func main() { p.F(context.Background()); run(p.F) }`), "F", "ctx", false},
		{"of another package of the name", head + caller(`func main() { p.F(context.Background()) }`) +
			"-- q/q.go --\npackage q\nimport \"context\"\nfunc F(ctx context.Context) {}\nfunc g(ctx context.Context) { ctx, c := context.WithCancel(ctx); F(ctx); c() }\n", "F", "ctx", true},
		{"imported by another name", head + "-- main.go --\npackage main\nimport (\n\"context\"\nx \"example.com/m/p\"\n)\nfunc main() { x.F(context.Background()) }\n", "F", "ctx", true},
		{"of a library", head + "-- q.go --\npackage q\nimport (\n\"context\"\n\"example.com/m/p\"\n)\nfunc init() { p.F(context.Background()) }\n", "F", "ctx", false},
		{"of a library with an example", head + "-- example/main.go --\npackage main\nimport (\n\"context\"\n\"example.com/m/p\"\n)\nfunc main() { p.F(context.Background()) }\n", "F", "ctx", false},
		{"only functions that call one another", head + caller(`func main() {}
func a(ctx context.Context) { b(ctx); p.F(ctx) }
func b(ctx context.Context) { a(ctx) }`), "F", "ctx", false},
		{"a variable holds a method expression", "-- go.mod --\nmodule example.com/m\n-- p/p.go --\npackage p\nimport \"context\"\ntype T struct{}\nfunc (t *T) F(ctx context.Context) {}\n" + caller(`var f = (*p.T).F
func main() { ctx, _ := signal.NotifyContext(context.Background()); f(nil, ctx) }`), "(*T).F", "ctx", false},
		{"a Context of two values", method + caller(`type session struct{ r request }
func (s session) Context() (context.Context, int) { return s.r.live(), 3 }
func main() { var t p.T; t.F(context.Background(), 1) }
func other(t *p.T, s session) { t.F(s.Context()) }`), "(*T).F", "ctx", false},
		{"beside one that is given one value", method + caller(`func main() { var t p.T; t.F(context.Background(), 1) }
func other(o interface{ F(context.Context) }, r request) { o.F(r.Context()) }`), "(*T).F", "ctx", true},
		{"beside one that may be given both", method + caller(`func main() { var t p.T; t.F(context.Background(), 1) }
func other(o interface{ F(context.Context, int) }, r request) { o.F(r.both()) }`), "(*T).F", "ctx", false},
		{"beside a field's with one more", method + caller(`func main() { var t p.T; t.F(context.Background(), 1) }
func other(d struct{ Docker doc }) { d.Docker.F(nil, 1, 2) }`), "(*T).F", "ctx", true},
		{"a helper of another module that is given a list", head + caller(`func main() { p.F(helper.WithValues(context.Background(), logContext...)) }`), "F", "ctx", true},
		{"beside one that a command runs", method + "-- main.go --\npackage main\nimport (\n\"context\"\n\"example.com/m/p\"\n\"github.com/spf13/cobra\"\n)\ntype other struct{ *p.T }\nfunc (o *other) F(cmd *cobra.Command, args []string) error { return nil }\nfunc main() { var t p.T; t.F(context.Background(), 1) }\nfunc command(o other) *cobra.Command { return &cobra.Command{RunE: o.F} }\n", "(*T).F", "ctx", true},
		{"a method by its name", method + caller(`func main() { var t p.T; t.F(context.Background(), 1) }`), "(*T).F", "ctx", true},
		{"a method of that name with a live one", method + caller(`func main() { var t p.T; t.F(context.Background(), 1) }
func other(o interface{ F(context.Context, int) }, ctx context.Context) { o.F(ctx, 1) }`), "(*T).F", "ctx", false},
		{"a method of that name with other arguments", method + caller(`func main() { var t p.T; t.F(context.Background(), 1) }
func other(o interface{ F(context.Context) }, ctx context.Context) { o.F(ctx) }`), "(*T).F", "ctx", true},
		{"the same method of a type that is known", method + caller(`func main() { var t p.T; t.F(context.Background(), 1) }
type other struct{ n int }
func (o *other) F(ctx context.Context, n int) {}
func run(o *other, ctx context.Context) { o.F(ctx, 1) }`), "(*T).F", "ctx", true},
		{"the same method of a type that may have ours in it", method + caller(`func main() { var t p.T; t.F(context.Background(), 1) }
type other struct{ p.T }
func run(o *other, ctx context.Context) { o.F(ctx, 1) }`), "(*T).F", "ctx", false},
		{"the same method of an interface", method + caller(`func main() { var t p.T; t.F(context.Background(), 1) }
type other interface{ F(context.Context, int) }
type holder struct{ o other }
func run(h *holder, ctx context.Context) { h.o.F(ctx, 1) }`), "(*T).F", "ctx", false},
		{"the same method of what a function makes", method + caller(`func main() { var t p.T; t.F(context.Background(), 1) }
type other struct{}
func (o *other) F(ctx context.Context, n int) {}
func newOther() (*other, error) { return nil, nil }
func run(ctx context.Context) { o, _ := newOther(); o.F(ctx, 1) }`), "(*T).F", "ctx", true},
		{"a context that a type of the module holds", head + caller(`type task struct{ ctx context.Context }
func (t *task) Context() context.Context { return t.ctx }
func main() { run(&task{ctx: context.Background()}) }
func run(t *task) { p.F(t.Context()) }`), "F", "ctx", true},
		{"a field of the method's name", method + caller(`func main() { var t p.T; t.F(context.Background(), 1); _ = out().F.Code; if out().F == nil { return } }`), "(*T).F", "ctx", true},
		{"a method value", method + caller(`func main() { var t p.T; t.F(context.Background(), 1); run(t.F) }`), "(*T).F", "ctx", false},
		{"a recursive function", head + caller(`func main() { walk(context.Background(), 3) }
func walk(ctx context.Context, n int) { if n > 0 { walk(ctx, n-1) }; p.F(ctx) }`), "F", "ctx", true},
		{"a field that has roots", head + caller(`type opts struct{ base context.Context }
func main() { o := opts{base: context.Background()}; p.F(o.base) }`), "F", "ctx", true},
		{"a field that is set to a live one", head + caller(`type opts struct{ base context.Context }
func main() { o := opts{base: context.Background()}; set(&o); p.F(o.base) }
func set(o *opts) { ctx, stop := signal.NotifyContext(o.base); o.base = ctx; _ = stop }`), "F", "ctx", false},
		{"a package variable", head + caller("var root = context.Background()\nfunc main() { p.F(root) }"), "F", "ctx", true},
		{"a package variable that is replaced", head + caller("var root = context.Background()\nfunc main() { root, stop = signal.NotifyContext(root); p.F(root) }"), "F", "ctx", false},
		{"a request's", head + caller(`func h(w http.ResponseWriter, r *http.Request) { p.F(r.Context()) }`), "F", "ctx", false},
		{"called back by what is given the context", head + caller(`func main() { ctx := context.Background(); retry.Each(ctx, func(ctx context.Context) { p.F(ctx) }) }`), "F", "ctx", true},
		{"called back by a function of the module", head + caller(`func main() { serve(context.Background(), func(ctx context.Context) { p.F(ctx) }) }
func serve(ctx context.Context, f func(context.Context)) { ctx, c := context.WithCancel(ctx); go f(ctx); c() }`), "F", "ctx", false},
		{"called back with options", head + caller(`func main() { var o opts; helper.Serve(o, func(ctx context.Context) { p.F(ctx) }) }`), "F", "ctx", false},
		{"two places of one variable", head + caller(`func main() { ctx := context.Background(); p.F(ctx); ctx, stop := signal.NotifyContext(ctx, os.Interrupt); defer stop(); p.F(ctx) }`), "F", "ctx", false},
		{"fields of one name", head + caller(`type a struct{ ctx context.Context }
type b struct{ ctx context.Context }
func main() { x := a{ctx: context.Background()}; p.F(x.ctx); live(b{ctx: sig()}) }
func live(x b) { p.F(x.ctx) }`), "F", "ctx", false},
		{"a literal without names", head + caller(`type task struct{ ctx context.Context }
func main() { run(task{ctx: context.Background()}); live, stop := signal.NotifyContext(context.Background()); defer stop(); ctx := live; run(task{ctx}) }
func run(t task) { p.F(t.ctx) }`), "F", "ctx", false},
		{"the address of a field", head + caller(`type task struct{ ctx context.Context }
func main() { t := task{ctx: context.Background()}; renew(&t.ctx); run(t) }
func run(t task) { p.F(t.ctx) }`), "F", "ctx", false},
		{"a field of a type of a library", head + caller(`type task struct{ Context context.Context }
func main() { _ = task{Context: context.Background()} }
func handle(e *lib.Event) { p.F(e.Context) }`), "F", "ctx", false},
		{"a global that another package sets", strings.Replace(head, "func F", "var Root = context.Background()\nfunc Run() { F(Root) }\nfunc F", 1) + caller(`func main() { p.Root, stop = signal.NotifyContext(p.Root); p.Run() }`), "F", "ctx", false},
		{"a dot import", head + caller(`func main() { p.F(context.Background()) }`) + "-- q/q.go --\npackage q\nimport . \"example.com/m/p\"\nfunc f() { F(live()) }\n", "F", "ctx", false},
		{"a method expression", method + caller(`func main() { var t p.T; t.F(context.Background(), 1); (*p.T).F(&t, live(), 1) }`), "(*T).F", "ctx", false},
		{"a variable named like its package", method + caller(`func main() { var t p.T; t.F(context.Background(), 1) }
func run() { p := p.New(); p.F(live(), 1) }`), "(*T).F", "ctx", false},
		{"arguments from one call", method + caller(`func main() { var t p.T; t.F(context.Background(), 1); t.F(next()) }`), "(*T).F", "ctx", false},
		{"a folder with a dash", strings.ReplaceAll(strings.Replace(head, "func F", "func Warm() { F(context.Background()) }\nfunc F", 1), "-- p/p.go", "-- p/p.go") + "-- go-y/y.go --\npackage y\nimport \"context\"\nfunc G(ctx context.Context) { }\n" + caller(`func main() { p.Warm(); p.F(live()) }`), "F", "ctx", false},
		{"a variable of a loop", method + caller(`type s struct{ children []*p.T }
func main() { var t p.T; t.F(context.Background(), 1) }
func (t *s) run(ctx context.Context) { for _, t := range t.children { t.F(live(), 1) } }`), "(*T).F", "ctx", false},
		{"code that is being written", head + caller(`func main() { ctx, cancel := context.WithCancel(); defer cancel(); p.F(ctx) }`), "F", "ctx", false},
		{"a program that nobody builds", head + "-- gen.go --\n//go:build ignore\n\npackage main\nimport (\n\"context\"\n\"example.com/m/p\"\n)\nfunc main() { p.F(context.Background()) }\n", "F", "ctx", false},
		{"cancelled when a goroutine's caller leaves", head + caller(`func main() { for { go session() } }
func session() { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); p.F(ctx) }`), "F", "ctx", true},
		{"called back with another one", head + caller(`func main() { each(func(ctx context.Context) { p.F(ctx) }) }`), "F", "ctx", false},
		{"a command's, executed without", head + "-- main.go --\npackage main\nimport (\n\"example.com/m/p\"\n\"github.com/spf13/cobra\"\n)\nvar root = &cobra.Command{RunE: func(cmd *cobra.Command, args []string) error { p.F(cmd.Context()); return nil }}\nfunc main() { root.Execute() }\n", "F", "ctx", true},
		{"urfave's, run without", head + "-- main.go --\npackage main\nimport (\n\"os\"\n\"example.com/m/p\"\n\"github.com/urfave/cli/v2\"\n)\nfunc act(c *cli.Context) error { p.F(c.Context); return nil }\nfunc main() { app := &cli.App{Action: act}; app.Run(os.Args) }\n", "F", "ctx", true},
		{"a command's, beside something else that is executed", head + "-- main.go --\npackage main\nimport (\n\"example.com/m/p\"\n\"github.com/spf13/cobra\"\n)\nvar root = &cobra.Command{RunE: func(cmd *cobra.Command, args []string) error { p.F(cmd.Context()); return nil }}\nfunc main() { root.Execute() }\n-- q/q.go --\npackage q\nimport \"context\"\ntype Q struct{}\nfunc (q Q) Reconcile(ctx context.Context) { build().Execute(ctx, 1) }\nfunc build() Q { return Q{} }\nfunc (q Q) Execute(ctx context.Context, n int) {}\n", "F", "ctx", true},
		{"a command's, executed by a library", head + "-- main.go --\npackage main\nimport (\n\"os/signal\"\n\"context\"\n\"example.com/m/p\"\n\"github.com/charmbracelet/fang\"\n\"github.com/spf13/cobra\"\n)\nvar root = &cobra.Command{RunE: func(cmd *cobra.Command, args []string) error { p.F(cmd.Context()); return nil }}\nfunc main() { ctx, _ := signal.NotifyContext(context.Background()); fang.Execute(ctx, root) }\n", "F", "ctx", false},
		{"urfave's, with another context before", head + "-- main.go --\npackage main\nimport (\n\"os\"\n\"os/signal\"\n\"example.com/m/p\"\n\"github.com/urfave/cli/v2\"\n)\nfunc act(c *cli.Context) error { p.F(c.Context); return nil }\nfunc main() { app := &cli.App{Action: act, Before: func(c *cli.Context) error { c.Context, _ = signal.NotifyContext(c.Context); return nil }}; app.Run(os.Args) }\n", "F", "ctx", false},
		{"a command's, executed by a value of another module", head + "-- main.go --\npackage main\nimport (\n\"os/signal\"\n\"context\"\n\"example.com/m/p\"\n\"example.com/wrap\"\n\"github.com/spf13/cobra\"\n)\nvar root = &cobra.Command{RunE: func(cmd *cobra.Command, args []string) error { p.F(cmd.Context()); return nil }}\nfunc main() { ctx, _ := signal.NotifyContext(context.Background()); app := wrap.New(root); app.Execute(ctx) }\n-- cmd/gen/main.go --\npackage main\nimport \"github.com/spf13/cobra\"\nfunc main() { root := &cobra.Command{}; root.Execute() }\n", "F", "ctx", false},
		{"a command's, executed with signals", head + "-- main.go --\npackage main\nimport (\n\"context\"\n\"os/signal\"\n\"example.com/m/p\"\n\"github.com/spf13/cobra\"\n)\nvar root = &cobra.Command{RunE: func(cmd *cobra.Command, args []string) error { p.F(cmd.Context()); return nil }}\nfunc main() { ctx, _ := signal.NotifyContext(context.Background()); root.ExecuteContext(ctx) }\n", "F", "ctx", false},
		{"another variable of the name", head + caller(`func main() { ctx := context.Background(); p.F(ctx); if len(os.Args) > 1 { ctx, stop := signal.NotifyContext(ctx); defer stop(); run(ctx) } }
func run(ctx context.Context) {}`), "F", "ctx", true},
		{"the variable of an inner block", head + caller(`func main() { ctx := context.Background(); if len(os.Args) > 1 { ctx, stop := signal.NotifyContext(ctx); defer stop(); p.F(ctx) } }`), "F", "ctx", false},
		{"assigned in an inner block", head + caller(`func main() { ctx := context.Background(); if len(os.Args) > 1 { ctx, stop = signal.NotifyContext(ctx) }; p.F(ctx) }`), "F", "ctx", false},
		{"of another literal", head + caller(`func main() { ctx := context.Background(); each(func(ctx context.Context) { run(ctx) }); each(func(_ any) { p.F(ctx) }) }
func run(ctx context.Context) {}`), "F", "ctx", true},
		{"beside a command", head + "-- main.go --\npackage main\nimport (\n\"context\"\n\"example.com/m/p\"\n\"github.com/spf13/cobra\"\n)\nvar root = &cobra.Command{RunE: func(cmd *cobra.Command, args []string) error { return run(context.Background(), cmd) }}\nfunc run(ctx context.Context, cmd *cobra.Command) error { p.F(ctx); return nil }\nfunc main() { root.ExecuteContext(signals()) }\n", "F", "ctx", true},
		{"gin's", head + program + "-- h.go --\npackage m\nimport (\n\"example.com/m/p\"\n\"github.com/gin-gonic/gin\"\n)\nfunc h(c *gin.Context) { p.F(c) }\n", "F", "ctx", true},
		{"gin's, which falls back", head + program + "-- h.go --\npackage m\nimport (\n\"example.com/m/p\"\n\"github.com/gin-gonic/gin\"\n)\nfunc h(c *gin.Context) { p.F(c) }\nfunc engine() *gin.Engine { e := gin.New(); e.ContextWithFallback = true; return e }\n", "F", "ctx", false},
		{"the request's of gin", head + "-- h.go --\npackage m\nimport (\n\"example.com/m/p\"\n\"github.com/gin-gonic/gin\"\n)\nfunc h(c *gin.Context) { p.F(c.Request.Context()) }\n", "F", "ctx", false},
		{"a later deadline", head + caller(`func main() { ctx := context.Background(); p.F(ctx); ctx, stop := context.WithTimeout(ctx, time.Second); defer stop(); run(ctx) }
func run(ctx context.Context) {}`), "F", "ctx", true},
		{"a deadline of the turn before", head + caller(`func main() { ctx := context.Background(); for { p.F(ctx); ctx, stop = context.WithTimeout(ctx, time.Second) } }`), "F", "ctx", false},
		{"a logger is put in", head + caller(`func main() { p.F(logger.WithContext(context.Background())) }`), "F", "ctx", true},
		{"a group's", head + "-- main.go --\npackage main\nimport (\n\"context\"\n\"example.com/m/p\"\n\"golang.org/x/sync/errgroup\"\n)\nfunc main() { work, ctx := errgroup.WithContext(context.Background()); p.F(ctx); work.Wait() }\n", "F", "ctx", false},
		{"variadic arguments", "-- go.mod --\nmodule example.com/m\n-- p/p.go --\npackage p\nimport \"context\"\nfunc F(ctx context.Context, more ...int) {}\n" + caller(`func main() { p.F(context.Background(), all...) }`), "F", "ctx", true},
		{"the address is taken", head + caller(`func main() { ctx := context.Background(); replace(&ctx); p.F(ctx) }`), "F", "ctx", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := write(t, test.files)
			p := Premise{Kind: ContextEnds, File: filepath.Join(root, "p", "p.go"), Function: test.function, Name: test.expr}
			if got := New(root).Refutes(t.Context(), p); got != test.want {
				t.Errorf("refuted: %t, want %t", got, test.want)
			}
		})
	}
}

func TestGoesOn(t *testing.T) {
	const head = "-- go.mod --\nmodule example.com/m\n-- p/p.go --\npackage p\nfunc F() error { return nil }\n"
	const cli = program + "-- cmd/cmd.go --\npackage cmd\nimport (\n\"example.com/m/p\"\n\"github.com/spf13/cobra\"\n)\n"
	tests := []struct {
		name, files string
		want        bool
	}{
		{"nobody calls it", head, false},
		{"main", head + "-- main.go --\npackage main\nimport \"example.com/m/p\"\nfunc main() { run() }\nfunc run() { p.F() }\n", true},
		{"main in a loop", head + "-- main.go --\npackage main\nimport \"example.com/m/p\"\nfunc main() { for { p.F() } }\n", false},
		{"a goroutine", head + "-- main.go --\npackage main\nimport \"example.com/m/p\"\nfunc main() { go p.F(); select {} }\n", false},
		{"a command's literal", head + cli + "var c = cobra.Command{RunE: func(cmd *cobra.Command, args []string) error { return p.F() }}\n", true},
		{"a command's method", head + cli + "type o struct{}\nfunc (o *o) run(cmd *cobra.Command, args []string) error { return p.F() }\n", true},
		{"what a command runs", head + cli + "type o struct{}\nvar c = cobra.Command{RunE: work}\nfunc work() error { return p.F() }\n", true},
		{"a handler", head + "-- main.go --\npackage main\nimport (\n\"net/http\"\n\"example.com/m/p\"\n)\nfunc main() { http.HandleFunc(\"/\", func(w http.ResponseWriter, r *http.Request) { p.F() }) }\n", false},
		{"a handler that is named", head + "-- main.go --\npackage main\nimport (\n\"net/http\"\n\"example.com/m/p\"\n)\nfunc main() { http.HandleFunc(\"/\", h) }\nfunc h(w http.ResponseWriter, r *http.Request) { p.F() }\n", false},
		{"a handler in a command", head + cli + "import \"net/http\"\nvar c = cobra.Command{RunE: func(cmd *cobra.Command, args []string) error { http.HandleFunc(\"/\", func(w http.ResponseWriter, r *http.Request) { p.F() }); return nil }}\n", false},
		{"a command's function in a loop", head + cli + "func once(cmd *cobra.Command, args []string) error { return p.F() }\nfunc all() { for { once(nil, nil) } }\n", false},
		{"a field of the name", head + cli + "type job struct{ Run func() error }\nvar j = job{Run: work}\nfunc work() error { return p.F() }\n", false},
		{"goto", head + "-- main.go --\npackage main\nimport \"example.com/m/p\"\nfunc main() {\nagain:\n\tp.F()\n\tgoto again\n}\n", false},
		{"main and a handler", head + "-- main.go --\npackage main\nimport \"example.com/m/p\"\nfunc main() { p.F() }\nfunc h(w http.ResponseWriter, r *http.Request) { p.F() }\n", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := write(t, test.files)
			p := Premise{Kind: GoesOn, File: filepath.Join(root, "p", "p.go"), Function: "F"}
			if got := New(root).Refutes(t.Context(), p); got != test.want {
				t.Errorf("refuted: %t, want %t", got, test.want)
			}
		})
	}
}

func TestListens(t *testing.T) {
	const head = "-- go.mod --\nmodule example.com/m\n-- p/p.go --\npackage p\nimport \"context\"\ntype I interface { Get(ctx context.Context, key string) error }\n"
	tests := []struct {
		name, files string
		want        bool
	}{
		{"no implementation", head + program, false},
		{"of a library", head + "-- q/q.go --\npackage q\ntype c struct{}\nfunc (c) Get(_ context.Context, key string) error { return nil }\n", false},
		{"it has no name", head + program + "-- q/q.go --\npackage q\ntype c struct{}\nfunc (c) Get(_ context.Context, key string) error { return nil }\n", true},
		{"it isn't used", head + program + "-- q/q.go --\npackage q\ntype c struct{}\nfunc (c) Get(ctx context.Context, key string) error { return get(key) }\n", true},
		{"it is used", head + program + "-- q/q.go --\npackage q\ntype c struct{}\nfunc (c) Get(ctx context.Context, key string) error { return get(ctx, key) }\n", false},
		{"one of two uses it", head + program + "-- q/q.go --\npackage q\ntype c struct{}\nfunc (c) Get(_ context.Context, key string) error { return nil }\ntype d struct{}\nfunc (d) Get(ctx context.Context, key string) error { return get(ctx, key) }\n", false},
		{"only doubles", head + program + "-- mocks/q.go --\npackage q\ntype c struct{}\nfunc (c) Get(_ context.Context, key string) error { return nil }\n", false},
		{"of types that can't be compared", head + program + "-- q/q.go --\npackage q\ntype c struct{}\nfunc (c) Get(_ context.Context, key string) error { return nil }\ntype d struct{}\nfunc (d) Get(ctx context.Context, key func() string) error { return get(ctx, key) }\n", false},
		{"of other types", head + program + "-- q/q.go --\npackage q\ntype c struct{}\nfunc (c) Get(_ context.Context, key string) error { return nil }\ntype d struct{}\nfunc (d) Get(ctx context.Context, key int) error { return get(ctx, key) }\n", true},
		{"another method of the name", head + program + "-- q/q.go --\npackage q\ntype c struct{}\nfunc (c) Get(_ context.Context) error { return nil }\n", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := write(t, test.files)
			p := Premise{Kind: Listens, File: filepath.Join(root, "p", "p.go"), Package: "example.com/m/p", Name: "Get", Param: 0, Params: "Context,string"}
			if got := New(root).Refutes(t.Context(), p); got != test.want {
				t.Errorf("refuted: %t, want %t", got, test.want)
			}
		})
	}
}
