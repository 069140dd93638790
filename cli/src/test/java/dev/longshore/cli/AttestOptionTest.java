package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttestOptionTest {

    @Test
    void theLongFormSaysTheSameAsTheShortOnes() {
        assertThat(AttestOption.read(List.of(), null, null)).isEmpty();
        assertThat(AttestOption.read(List.of(), "true", "mode=min"))
                .isEqualTo(Map.of("sbom", "true", "provenance", "mode=min"));
        assertThat(AttestOption.read(
                        List.of("type=sbom", "type=provenance,mode=max,\"builder-id=https://a/b,c\""), null, null))
                .isEqualTo(Map.of("sbom", "true", "provenance", "mode=max,builder-id=https://a/b,c"));
        assertThat(AttestOption.read(List.of("type=provenance,disabled=true"), null, null))
                .isEqualTo(Map.of("provenance", "disabled=true"));
    }

    @Test
    void eachTypeComesOnce() {
        assertThatThrownBy(() -> AttestOption.read(List.of("type=sbom"), "true", null))
                .hasMessage("duplicate attestation field sbom");
        assertThatThrownBy(() -> AttestOption.read(List.of("mode=max"), null, null))
                .hasMessageContaining("write type=sbom or type=provenance");
    }
}
