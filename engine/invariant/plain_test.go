package invariant_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"tilsyn/engine/invariant"
)

// secret stands for what a fact says of somebody.
const secret = "zqxw-P-1"

func TestPlain(t *testing.T) {
	index := func() (p any) {
		defer func() { p = recover() }()
		return []byte(secret)[len(os.Args)+100]
	}()
	for _, c := range []struct {
		value any
		says  string
	}{
		{secret, "a value of type string"}, {errors.New(secret), "a value of type *errors.errorString"},
		{struct{ id string }{secret}, "a value of type struct"}, {http.ErrAbortHandler, "a value of type"},
		{index, "index out of range ["}, {fmt.Errorf("%s: %w", secret, index.(error)), "index out of range ["},
		{&invariant.Failure{Name: "order", What: "2 after 3"}, `invariant "order" does not hold: 2 after 3`},
	} {
		if got := invariant.Plain(c.value); !strings.Contains(got, c.says) || strings.Contains(got, secret) {
			t.Errorf("%T: %s", c.value, got)
		}
	}
}

// A goroutine that ends plainly ends the process with the place of the panic and without its value.
func TestEndPlainly(t *testing.T) {
	const variable = "TILSYN_PANIC_PLAINLY"
	switch os.Getenv(variable) {
	case "value":
		go func() {
			defer invariant.EndPlainly()
			panic("the fact of " + secret)
		}()
		select {}
	case "failure":
		go func() {
			defer invariant.EndPlainly()
			invariant.Hold(false, "order", "broken on purpose")
		}()
		select {}
	}
	for _, c := range []struct{ what, says string }{
		{"value", "panic: a value of type string"}, {"failure", `panic: invariant "order" does not hold`},
	} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestEndPlainly$")
		cmd.Env = append(os.Environ(), variable+"="+c.what)
		out, err := cmd.CombinedOutput()
		if text := string(out); err == nil || !strings.Contains(text, c.says) || strings.Contains(text, secret) ||
			!strings.Contains(text, "TestEndPlainly.func") {
			t.Errorf("%s: ended with %v and said\n%s", c.what, err, out)
		}
	}
	func() { // without a panic it does nothing
		defer invariant.EndPlainly()
	}()
}
