package flow

import "go/types"

// modelled is what was written down by hand of one function, because the
// source says too little (assembly, the run-time system, values that are made
// by reflection) or says it in a way that the engine doesn't follow.
type modelled struct {
	Summary
	joins    bool // a call returns once goroutines that were launched before have ended
	detaches bool // its context result keeps the values and drops the signal
	inert    bool // the functions that it gets don't run in a program as it is delivered
	reason   string
}

func never(reason string) modelled {
	return modelled{Summary: Summary{NoReturn: true}, reason: reason}
}

func exits(reason string) modelled {
	return modelled{Summary: Summary{NoReturn: true, Exits: true}, reason: reason}
}

func derives(reason string) modelled {
	return modelled{reason: reason, Summary: Summary{
		Derives: []Derivation{{Result: 0, Param: 0, Cancels: true}},
		Results: []ResultKind{ResultByType, ResultFresh},
	}}
}

// derivesAlone is a derivation whose CancelFunc is not handed out.
func derivesAlone(result int, reason string) modelled {
	return modelled{Summary: Summary{Derives: []Derivation{{Result: result, Param: 0, Cancels: true}}}, reason: reason}
}

func keepsValues(reason string) modelled {
	return modelled{Summary: Summary{Derives: []Derivation{{Result: 0, Param: 0}}}, reason: reason}
}

func root(reason string) modelled {
	return modelled{Summary: Summary{Derives: []Derivation{{Result: 0, Param: -1}}}, reason: reason}
}

func detaches(reason string) modelled {
	m := root(reason)
	m.detaches = true
	return m
}

func launches(param int, reason string) modelled {
	params := make([]ParamUse, param+1)
	params[param] = UseLaunched
	return modelled{Summary: Summary{Params: params, LeftRunning: []int{param}}, reason: reason}
}

func joins(reason string) modelled {
	return modelled{joins: true, reason: reason}
}

func inert(reason string) modelled {
	return modelled{inert: true, reason: reason}
}

// modelKey names a function in the model.
func modelKey(fn *types.Func) string {
	if fn.Signature().Recv() == nil && InContext(fn) {
		return "context." + fn.Name()
	}
	return funcKey(fn)
}

// joins reports whether a call of fn returns only once goroutines that were
// launched before it have ended, by the model or by the user's word.
func (p *Package) joins(fn *types.Func) bool {
	return fn != nil && (model[modelKey(fn)].joins || p.userJoin(fn))
}

// Detaches reports whether fn makes a context that keeps the values of another
// one and drops its signal.
func Detaches(fn *types.Func) bool {
	return fn != nil && model[modelKey(fn)].detaches
}

// Inert reports whether the functions that fn gets don't run in a program as it
// is delivered.
func Inert(fn *types.Func) bool {
	return fn != nil && model[modelKey(fn)].inert
}

// model is the hand-checked part of the summaries, std, x/sync and what is as
// common: one line a function, in groups, each with its reason. It comes before what is inferred
// from source; what the user's configuration names is added to it (see
// [Options]). The effect is the constructor's: write another one if none fits.
var model = map[string]modelled{
	// These never return.
	"os.Exit":                   exits("ends the process"),
	"syscall.Exit":              exits("ends the process"),
	"runtime.Goexit":            never("ends the goroutine"),
	"(testing.TB).Fatal":        never("every implementation ends the test's goroutine"),
	"(testing.TB).Fatalf":       never("as Fatal"),
	"(testing.TB).FailNow":      never("as Fatal"),
	"(testing.TB).Skip":         never("as Fatal"),
	"(testing.TB).Skipf":        never("as Fatal"),
	"(testing.TB).SkipNow":      never("as Fatal"),
	"(*testing.common).Fatal":   never("ends the test's goroutine by runtime.Goexit"),
	"(*testing.common).Fatalf":  never("as Fatal"),
	"(*testing.common).FailNow": never("as Fatal"),
	"(*testing.common).Skip":    never("as Fatal"),
	"(*testing.common).Skipf":   never("as Fatal"),
	"(*testing.common).SkipNow": never("as Fatal"),
	"log.Fatal":                 exits("os.Exit after the message; its output runs through function values"),
	"log.Fatalf":                exits("as Fatal"),
	"log.Fatalln":               exits("as Fatal"),
	"log.Panic":                 never("panics with the message"),
	"log.Panicf":                never("as Panic"),
	"log.Panicln":               never("as Panic"),
	"(*log.Logger).Fatal":       exits("os.Exit after the message"),
	"(*log.Logger).Fatalf":      exits("as Fatal"),
	"(*log.Logger).Fatalln":     exits("as Fatal"),
	"(*log.Logger).Panic":       never("panics with the message"),
	"(*log.Logger).Panicf":      never("as Panic"),
	"(*log.Logger).Panicln":     never("as Panic"),

	// This one returns only where it fails.
	"syscall.Exec": {Summary: Summary{Exits: true}, reason: "another program takes the process over"},

	// These make contexts.
	"context.Background":        root("the empty context"),
	"context.TODO":              root("the empty context"),
	"context.WithCancel":        derives("propagateCancel links the child through an interface"),
	"context.WithCancelCause":   derives("as WithCancel"),
	"context.WithDeadline":      derives("as WithCancel, and a timer"),
	"context.WithDeadlineCause": derives("as WithDeadline"),
	"context.WithTimeout":       derives("as WithDeadline"),
	"context.WithTimeoutCause":  derives("as WithDeadline"),
	"context.WithValue":         keepsValues("the child's Done is the parent's"),
	"context.WithoutCancel":     detaches("keeps the values, never done: a root for cancellation"),
	"os/signal.NotifyContext":   derives("WithCancel, cancelled by the signal too"),

	"golang.org/x/sync/errgroup.WithContext": derivesAlone(1, "cancelled by the first error and by Wait, which holds the cancel"),

	// These run an argument in a new goroutine.
	"(*golang.org/x/sync/errgroup.Group).Go":    launches(1, "runs it in a goroutine, a semaphore before it"),
	"(*golang.org/x/sync/errgroup.Group).TryGo": launches(1, "as Go, where there is room"),
	"(*sync.WaitGroup).Go":                      launches(1, "runs it in a goroutine"),
	"time.AfterFunc":                            launches(1, "runs it in a goroutine of the timer"),
	"context.AfterFunc":                         launches(1, "runs it in a goroutine once the context is done"),

	// These wait for what was launched.
	"(*sync.WaitGroup).Wait":                   joins("until each Add has its Done"),
	"(*golang.org/x/sync/errgroup.Group).Wait": joins("until all functions given to Go have returned"),

	// These are marks that tests turn into code.
	"github.com/pingcap/failpoint.Inject":        inert("does nothing until failpoint-ctl has rewritten the source"),
	"github.com/pingcap/failpoint.InjectContext": inert("as Inject"),
}

// ReadsCache reports whether fn is one of the reads of controller-runtime's
// clients. The one that a manager gives out answers them from the cache of its
// informers, and looks at the context only while they start; one that asks the
// API server each time has the same type.
func ReadsCache(fn *types.Func) bool {
	return Is(fn, "(sigs.k8s.io/controller-runtime/pkg/client.Reader).Get") || Is(fn, "(sigs.k8s.io/controller-runtime/pkg/client.Reader).List")
}
