package invariant

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
)

// Plain is what may be said of the value of a panic: the text of a [Failure], or of an error of the Go runtime, which
// has numbers and types; of any other value only the type, since it could hold a fact.
func Plain(recovered any) string {
	err, _ := recovered.(error)
	var failure *Failure
	var own runtime.Error
	switch {
	case errors.As(err, &failure):
		return failure.Error()
	case errors.As(err, &own):
		return own.Error()
	}
	return fmt.Sprintf("a value of type %T, which is not shown since it could be personal", recovered)
}

// EndPlainly ends the process at a panic as the runtime does, and shows the stack, but of the value only what [Plain]
// says. A goroutine that has facts at hand defers it. A [Failure] is let through.
func EndPlainly() {
	p := recover()
	if p == nil {
		return
	}
	Pass(p)
	// A panic that is raised again would be shown with its first value; one in another goroutine is not.
	text := Plain(p) + "\n\n" + string(debug.Stack())
	go func() { panic(text) }()
	select {}
}
