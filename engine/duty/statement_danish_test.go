package duty

import "testing"

func TestDanishDates(t *testing.T) {
	day := func(s string) Date {
		d, ok := ParseDate(s)
		if !ok {
			t.Fatal(s)
		}
		return d
	}
	at, _ := ParseInstant("2026-02-03T20:05:00+01:00")
	for _, x := range []struct{ got, want string }{
		{natten(day("2026-11-18")), "natten mellem den 18. og 19. november 2026"},
		{natten(day("2026-11-30")), "natten mellem den 30. november og 1. december 2026"},
		{natten(day("2026-12-31")), "natten mellem den 31. december 2026 og 1. januar 2027"},
		{ugen(day("2026-11-16"), day("2026-11-22")), "ugen fra den 16. til den 22. november 2026"},
		{ugen(day("2026-12-28"), day("2027-01-03")), "ugen fra den 28. december 2026 til den 3. januar 2027"},
		{dato(day("2026-03-01")), "1. marts 2026"},
		{lokalTekst(at), "den 3. februar 2026 kl. 20.05"},
	} {
		if x.got != x.want {
			t.Errorf("got %q, want %q", x.got, x.want)
		}
	}
}
