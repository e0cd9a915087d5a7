package duty

import (
	"reflect"
	"slices"
	"testing"
)

// TestMaterialFields compares the list of material fields with the struct: each field is compared,
// has the name that the schema gives it, and is taken from the record.
func TestMaterialFields(t *testing.T) {
	full := Violation{
		PeriodFrom: 1, PeriodTo: 2, CentreID: "KH", Group: GroupTolerated, ObligationIDs: []string{"o"},
		LegalBasis: LegalBasisReturnAct132,
		Basis:      BasisClosedPair, Shortfall: Some[int32](3), Caveats: []string{"c"}, Settled: true,
	}
	m := full.Material()
	var names []string
	fields := reflect.TypeFor[Material]()
	for i := range fields.NumField() {
		if reflect.ValueOf(m).Field(i).IsZero() {
			t.Errorf("%s does not come from the record", fields.Field(i).Name)
		}
		other := m
		reflect.ValueOf(&other).Elem().Field(i).SetZero()
		names = append(names, m.Differs(&other))
	}
	want := []string{"period_from", "period_to", "centre_id", "group", "obligation_ids", "legal_basis",
		"basis", "shortfall", "caveats", "settled"}
	if !slices.Equal(names, want) {
		t.Errorf("what differs is named %v, want %v", names, want)
	}
	again := full.Material()
	if d := m.Differs(&again); d != "" {
		t.Errorf("%s differs from itself", d)
	}
}
