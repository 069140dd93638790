package dev.longshore.builder.attest;

import java.util.Optional;

/// Which attestations are wanted, as `--attest`, `--sbom` and `--provenance` say.
///
/// @param sbom whether the packages in the image are listed
/// @param provenance how the image came about, if that is told at all
public record Attestations(boolean sbom, Optional<Told> provenance) {

    /// None.
    public static final Attestations NONE = new Attestations(false, Optional.empty());

    /// How provenance is told.
    ///
    /// @param everything `mode=max`: with arguments, labels, secrets' ids and the Dockerfile
    /// @param builder who says that it has built the image, a URI
    /// @param isOld whether it is SLSA 0.2 rather than 1
    /// @param file what it is called among files
    /// @param isReproducible whether whoever asks says that the build is reproducible
    /// @param isInlineOnly whether it only goes along with images
    public record Told(
            boolean everything,
            String builder,
            boolean isOld,
            String file,
            boolean isReproducible,
            boolean isInlineOnly) {}

    /// Reads both options: `true`, `false`, `mode=min,version=v0.2` and so on; empty ones want nothing.
    ///
    /// @throws IllegalArgumentException with one line that says what is wrong
    public static Attestations parse(String sbom, String provenance) {
        return new Attestations(AttestationOptions.sbom(sbom), AttestationOptions.provenance(provenance));
    }

    /// True if there is nothing to say.
    public boolean isNone() {
        return !sbom && provenance.isEmpty();
    }
}
