package dev.longshore.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RevisionShiftTest {

    @Test
    void revisionsGoOnAfterThoseOfBefore() {
        var shift = new RevisionShift(100);

        assertThat(shift.ours(3)).isEqualTo(103);
        assertThat(shift.theirs(103)).isEqualTo(3);
        assertThat(shift.isBefore(100)).isTrue();
        assertThat(shift.isBefore(101)).isFalse();
        assertThat(shift.ours(0)).isZero();
    }

    @Test
    void whatWasWrittenDownNeverGoesBack() {
        assertThat(RevisionShift.parse("100")).isEqualTo(new RevisionShift(100));
        assertThatThrownBy(() -> RevisionShift.parse("-1")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> RevisionShift.parse("a few")).isInstanceOf(NumberFormatException.class);
    }
}
