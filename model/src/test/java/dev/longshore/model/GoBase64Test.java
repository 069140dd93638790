package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoBase64Test {

    /// As Go's own decoder says.
    @ParameterizedTest
    @CsvSource({
        "!!!!, 0",
        "YWJj!, 4",
        "Y, 0",
        "YW, 0",
        "YWJ, 0",
        "YWJjY, 4",
        "YWJjYW, 4",
        "====, 0",
        "x===, 1",
        "YW=, 3",
        "YW=a, 2",
        "YW==YW==, 4",
        "YWI=a, 4",
        "YWJj====, 4",
        "YWJj=, 4"
    })
    void namesThePlaceWhereGoStops(String text, int place) {
        assertThatThrownBy(() -> GoBase64.decode(text)).hasMessage("illegal base64 data at input byte %d", place);
    }

    @Property
    void readsWhatWasEncoded(@ForAll byte[] bytes) {
        assertThat(GoBase64.decode(Base64.getEncoder().encodeToString(bytes))).isEqualTo(bytes);
        assertThat(GoBase64.decode(new String(Base64.getMimeEncoder().encode(bytes), StandardCharsets.US_ASCII)))
                .isEqualTo(bytes);
    }
}
