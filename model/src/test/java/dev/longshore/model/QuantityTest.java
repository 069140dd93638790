package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "1000m, 1",
        "0.5, 500m",
        "1.5, 1500m",
        "1000, 1k",
        "1024Mi, 1Gi",
        "1.5Gi, 1536Mi",
        "512, 512",
        "1023Ki, 1023Ki",
        "1e3, 1e3",
        "12e6, 12e6",
        "100M, 100M",
        "0.5Mi, 512Ki",
        "0.001n, 1n",
        "2000Mi, 2000Mi",
        "-1, -1",
        "100n, 100n",
        "0.1Ki, 102400m",
        "+5, 5",
        "1E, 1E",
        "5000E, 5000E",
        ".5, 500m",
        "7000, 7k",
        "10Ki, 10Ki"
    })
    void printsTheCanonicalSpelling(String text, String canonical) {
        assertThat(Quantity.parse(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            1Gx  | quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
            ""   | quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
            1KiB | quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
            1KI  | quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
            1GG  | unable to parse quantity's suffix
            Gi   | unable to parse numeric part of quantity
            """)
    void saysWhatIsWrongAsKubernetesDoes(String text, String flaw) {
        assertThatThrownBy(() -> Quantity.parse(text)).hasMessage(flaw);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1 Gi", "1gi", "1KI", "1e", "--1", "1.2.3", "Gi"})
    void findsNothingInWhatIsNoQuantity(String text) {
        assertThat(Quantity.find(text)).isEmpty();
    }

    @Property
    void theCanonicalSpellingIsTheSameAmount(@ForAll long milli) {
        Quantity quantity = Quantity.ofMilli(milli);

        assertThat(Quantity.parse(quantity.toString())).isEqualTo(quantity);
        assertThat(quantity.milli()).isEqualTo(milli);
    }

    @Property
    void binarySpellingsAreTheSameAmount(@ForAll long bytes) {
        assertThat(Quantity.parse(Quantity.ofBytes(bytes).toString()).units()).isEqualTo(bytes);
    }

    @Property
    void addingAndTakingAwayIsNothing(@ForAll int one, @ForAll int other) {
        Quantity sum = Quantity.ofMilli(one).plus(Quantity.of(other));

        assertThat(sum.minus(Quantity.of(other)).milli()).isEqualTo(one);
    }
}
