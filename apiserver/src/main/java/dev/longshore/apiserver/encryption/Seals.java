package dev.longshore.apiserver.encryption;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The seals of some resources: the first is what is written with, all are what is read with. Thread-safe.
record Seals(List<Seal> seals) {

    /// For what no configuration names.
    static final Seals NONE = new Seals(List.of(new Seal.Identity()));

    Seals {
        seals = List.copyOf(seals);
    }

    byte[] seal(byte[] plain, byte[] place) {
        Seal first = seals.getFirst();
        byte[] prefix = first.prefix().getBytes(StandardCharsets.UTF_8);
        byte[] sealed = first.seal(plain, place);
        if (prefix.length == 0) {
            return sealed;
        }
        byte[] whole = Arrays.copyOf(prefix, prefix.length + sealed.length);
        System.arraycopy(sealed, 0, whole, prefix.length, sealed.length);
        return whole;
    }

    /// @throws GeneralSecurityException when no key opens it
    byte[] open(byte[] stored, byte[] place) throws GeneralSecurityException {
        Seal seal = of(stored).orElseThrow(() -> new GeneralSecurityException("no matching prefix found"));
        int length = seal.prefix().getBytes(StandardCharsets.UTF_8).length;
        return length == 0 ? stored : seal.open(Arrays.copyOfRange(stored, length, stored.length), place);
    }

    /// By which of them a value is sealed; empty if by none.
    Optional<Seal> of(byte[] stored) {
        boolean isMarked = startsWith(stored, Seal.MARK);
        return seals.stream()
                .filter(seal -> seal.prefix().isEmpty() ? !isMarked : startsWith(stored, seal.prefix()))
                .findFirst();
    }

    /// Whether it should be written anew: it is sealed otherwise than it would be now.
    boolean isStale(byte[] stored) {
        return !of(stored).equals(Optional.of(seals.getFirst()));
    }

    private static boolean startsWith(byte[] stored, String prefix) {
        byte[] start = prefix.getBytes(StandardCharsets.UTF_8);
        return stored.length >= start.length && Arrays.equals(stored, 0, start.length, start, 0, start.length);
    }
}
