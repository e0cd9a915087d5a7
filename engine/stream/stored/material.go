package stored

import (
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/wire"
)

// writeField writes one material field (duty.Material), given as a pointer.
func writeField(w *wire.Writer, field any) {
	switch v := field.(type) {
	case *duty.Instant:
		w.Int(int64(*v))
	case *string:
		w.Text(*v)
	case *duty.Group:
		w.Byte(byte(*v))
	case *[]string:
		w.Texts(*v)
	case *duty.LegalBasis:
		w.Byte(byte(*v))
	case *duty.Basis:
		w.Byte(byte(*v))
	case *duty.Opt[int32]:
		w.Bool(v.OK)
		w.Int(int64(v.V))
	case *bool:
		w.Bool(*v)
	}
}

// readField reads what writeField wrote.
func readField(r *wire.Reader, field any) {
	switch v := field.(type) {
	case *duty.Instant:
		*v = duty.Instant(r.Int())
	case *string:
		*v = r.Text()
	case *duty.Group:
		*v = duty.Group(r.Byte())
	case *[]string:
		*v = r.Texts()
	case *duty.LegalBasis:
		*v = duty.LegalBasis(r.Byte())
	case *duty.Basis:
		*v = duty.Basis(r.Byte())
	case *duty.Opt[int32]:
		v.OK = r.Bool()
		v.V = int32(r.Int())
	case *bool:
		*v = r.Bool()
	}
}
