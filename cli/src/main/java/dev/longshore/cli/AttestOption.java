package dev.longshore.cli;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// `--attest type=…`, of which `--sbom` and `--provenance` are short forms.
final class AttestOption {

    private static final Set<String> TYPES = Set.of("sbom", "provenance");

    private AttestOption() {}

    /// What the engine is asked for, by type, as the short forms' values say it.
    ///
    /// @param sbom and provenance may be null
    /// @throws CommandFailure when one is none, or a type comes twice
    static Map<String, String> read(List<String> attests, String sbom, String provenance) {
        var wanted = new HashMap<String, String>();
        for (String text : attests) {
            var fields = new LinkedHashMap<>(CsvFields.read("--attest", text));
            String type = fields.remove("type");
            if (type == null || !TYPES.contains(type)) {
                throw new CommandFailure("--attest " + text + ": write type=sbom or type=provenance");
            }
            String value = fields.entrySet().stream()
                    .map(field -> field.getKey() + "=" + field.getValue())
                    .collect(Collectors.joining(","));
            put(wanted, type, value.isEmpty() ? "true" : value);
        }
        put(wanted, "sbom", sbom);
        put(wanted, "provenance", provenance);
        return wanted;
    }

    private static void put(Map<String, String> wanted, String type, String value) {
        if (value != null && wanted.put(type, value) != null) {
            throw new CommandFailure("duplicate attestation field " + type);
        }
    }
}
