package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.StringLength;

class ReferenceProperties {

    @Provide
    Arbitrary<String> names() {
        Arbitrary<String> part =
                Arbitraries.strings().withChars("abz019").ofMinLength(1).ofMaxLength(6);
        Arbitrary<String> separator = Arbitraries.of("", ".", "_", "__", "-", "---");
        Arbitrary<String> component = Combinators.combine(part, separator, part).as((a, s, b) -> a + s + b);
        Arbitrary<String> path = component.list().ofMinSize(1).ofMaxSize(4).map(all -> String.join("/", all));
        Arbitrary<String> domain =
                Arbitraries.of("", "docker.io/", "localhost/", "127.0.0.1:5000/", "[::1]:80/", "Example.COM:1/");
        Arbitrary<String> tag = Arbitraries.of("", ":1", ":latest", ":_x", ":V1.2-a");
        Arbitrary<String> digest = Arbitraries.of("", "@sha256:" + "a".repeat(64), "@sha512:" + "0".repeat(128));
        return Combinators.combine(domain, path, tag, digest).as((d, p, t, g) -> d + p + t + g);
    }

    @Property
    void whatIsRightIsReadAndSpelledInTwoWaysThatMeanTheSame(@ForAll("names") String text) {
        Reference reference = Reference.parse(text);

        assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
        assertThat(Reference.parse(reference.familiar())).isEqualTo(reference);
    }

    @Property
    void anythingElseIsRefusedAndNothingWorse(@ForAll @StringLength(max = 300) String text) {
        try {
            Reference reference = Reference.parse(text);
            assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
        } catch (ImageFaultException refused) {
            assertThat(refused.fault()).isInstanceOf(ImageFault.InvalidReference.class);
        }
    }

    @Example
    void aVeryLongNameIsRefusedWithoutBeingLookedAt() {
        for (String text : new String[] {
            "a/".repeat(500_000) + "a", "a".repeat(1_000_000), "a-".repeat(500_000) + "a", "a:" + "b".repeat(1_000_000)
        }) {
            assertThatThrownBy(() -> Reference.parse(text))
                    .isInstanceOf(ImageFaultException.class)
                    .message()
                    .hasSizeLessThan(1000);
        }
    }
}
