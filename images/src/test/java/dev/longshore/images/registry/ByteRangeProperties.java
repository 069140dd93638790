package dev.longshore.images.registry;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;

class ByteRangeProperties {

    @Property
    void aPartLiesWithinTheContent(
            @ForAll @LongRange(min = 0, max = 1000) long first,
            @ForAll @LongRange(min = 0, max = 1000) long last,
            @ForAll @LongRange(min = 0, max = 500) long size) {
        switch (ByteRange.of("bytes=" + first + "-" + last, size)) {
            case ByteRange.Part part -> {
                assertThat(part.first()).isEqualTo(first).isLessThan(size);
                assertThat(part.last()).isEqualTo(Math.min(last, size - 1)).isGreaterThanOrEqualTo(first);
            }
            case ByteRange.Whole() -> assertThat(last).isLessThan(first);
            case ByteRange.Unsatisfiable() -> assertThat(first).isGreaterThanOrEqualTo(size);
        }
    }

    @Property
    void aSuffixIsAsLongAsAskedOrEverything(
            @ForAll @LongRange(min = 0, max = 1000) long suffix, @ForAll @LongRange(min = 0, max = 500) long size) {
        switch (ByteRange.of("bytes=-" + suffix, size)) {
            case ByteRange.Part part -> {
                assertThat(part.length()).isEqualTo(Math.min(suffix, size));
                assertThat(part.last()).isEqualTo(size - 1);
            }
            case ByteRange.Whole() -> throw new AssertionError("a suffix is a range");
            case ByteRange.Unsatisfiable() -> assertThat(Math.min(suffix, size)).isZero();
        }
    }

    @Property
    void otherTextAsksForEverythingOrNothing(@ForAll @StringLength(max = 40) String text) {
        assertThat(ByteRange.of(text, 10)).isNotNull();
    }
}
