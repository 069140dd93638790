package dev.longshore.builder.attest;

import java.util.Optional;

/// Which attestations are wanted, as `--sbom` and `--provenance` say.
///
/// @param sbom whether the packages in the image are listed
/// @param provenance how the image came about, if that is told at all
public record Attestations(boolean sbom, Optional<Told> provenance) {

    /// None.
    public static final Attestations NONE = new Attestations(false, Optional.empty());

    private static final String BUILDER = "https://longshore.local/builder";

    /// How much provenance tells.
    ///
    /// @param everything `mode=max`: with arguments, labels, secrets' ids and the Dockerfile
    /// @param builder who says that it has built the image, a URI
    public record Told(boolean everything, String builder) {}

    /// Reads both options; empty ones, and `false`, want nothing.
    ///
    /// @throws IllegalArgumentException with one line that says what is wrong
    public static Attestations parse(String sbom, String provenance) {
        return new Attestations(isWanted(sbom), told(provenance));
    }

    /// True if there is nothing to say.
    public boolean isNone() {
        return !sbom && provenance.isEmpty();
    }

    private static boolean isWanted(String sbom) {
        return switch (sbom) {
            case "", "false", "0" -> false;
            case "true", "1" -> true;
            default ->
                throw new IllegalArgumentException(
                        "invalid sbom \"" + sbom + "\": it is true or false, there are no other generators");
        };
    }

    private static Optional<Told> told(String provenance) {
        switch (provenance) {
            case "", "false", "0" -> {
                return Optional.empty();
            }
            case "true", "1" -> {
                return Optional.of(new Told(true, BUILDER));
            }
            default -> {
                return Optional.of(details(provenance));
            }
        }
    }

    private static Told details(String provenance) {
        boolean everything = true;
        String builder = BUILDER;
        for (String field : provenance.split(",", -1)) {
            int equals = field.indexOf('=');
            String value = field.substring(equals + 1);
            switch (equals < 0 ? "" : field.substring(0, equals)) {
                case "mode" -> everything = isMax(value);
                case "builder-id" -> builder = value;
                default ->
                    throw new IllegalArgumentException("invalid provenance \"" + field
                            + "\": it is true, false, mode=min, mode=max or builder-id=URI");
            }
        }
        return new Told(everything, builder);
    }

    private static boolean isMax(String mode) {
        return switch (mode) {
            case "max" -> true;
            case "min" -> false;
            default -> throw new IllegalArgumentException("invalid provenance mode \"" + mode + "\": want min or max");
        };
    }
}
