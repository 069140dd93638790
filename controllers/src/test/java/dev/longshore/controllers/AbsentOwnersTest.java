package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AbsentOwnersTest {

    private final AbsentOwners absent = new AbsentOwners();

    @Test
    void onlyTheLastFewHundredAreRememberedAndThoseThatAreAskedForLongest() {
        for (int i = 0; i < 500; i++) {
            absent.add(owner("owner-" + i));
        }
        assertThat(absent.has(owner("owner-0"))).isTrue();

        absent.add(owner("another"));

        assertThat(absent.has(owner("owner-0"))).as("asked for lately").isTrue();
        assertThat(absent.has(owner("owner-1"))).isFalse();
        assertThat(absent.has(owner("another"))).isTrue();
    }

    @Test
    void anOwnerIsAbsentOnlyWhereAndAsItWasLookedFor() {
        absent.add(owner("owner"));

        assertThat(absent.has(owner("owner").in("elsewhere"))).isFalse();
        assertThat(absent.has(new ObjectIdentity("v1", "Secret", "default", "owner", "owner")))
                .isFalse();
    }

    private static ObjectIdentity owner(String uid) {
        return new ObjectIdentity("v1", "ConfigMap", "default", uid, uid);
    }
}
