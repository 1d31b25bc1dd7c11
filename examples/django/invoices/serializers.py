from rest_framework import serializers

from invoices.models import Invoice


class Summary(serializers.ModelSerializer):
    """An invoice as the list shows it."""

    id = serializers.IntegerField(source="serial", read_only=True)

    class Meta:
        model = Invoice
        fields = ["id", "number", "customer", "customer_id", "issued", "due", "status", "total_cents", "currency"]


class Whole(Summary):
    """An invoice with everything in it; three members may be changed."""

    status = serializers.ChoiceField(Invoice.STATUSES, required=False)
    note = serializers.CharField(max_length=2000, allow_blank=True, trim_whitespace=False, required=False)
    due = serializers.DateField(required=False)

    class Meta(Summary.Meta):
        fields = [*Summary.Meta.fields, "note", "lines", "updated_at", "updated_by"]
        read_only_fields = [name for name in fields if name not in ("status", "note", "due")]

    def validate(self, values):
        unknown = set(self.initial_data) - {"status", "note", "due"}
        if unknown:
            raise serializers.ValidationError(f"{', '.join(sorted(unknown))} cannot be changed: only status, note, due")
        return values
