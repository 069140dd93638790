package dev.longshore.apiserver.encryption;

import java.security.GeneralSecurityException;

/// One key, and what is done with it. Values carry its [#prefix], by which it is found again: the same as
/// kube-apiserver's, so that either reads what the other wrote. Thread-safe.
interface Seal {

    /// Of everything that kube-apiserver stores encrypted.
    String MARK = "k8s:enc:";

    /// Which key, for people: `aesgcm:v1:KEY`, or `identity`.
    String name();

    /// What sealed values start with; empty for those that are stored as they are.
    default String prefix() {
        return MARK + name() + ":";
    }

    /// @param place the key under which it is stored: a value that was moved to another cannot be opened
    byte[] seal(byte[] plain, byte[] place);

    /// @param sealed without the prefix
    /// @throws GeneralSecurityException when it was sealed otherwise, or damaged
    byte[] open(byte[] sealed, byte[] place) throws GeneralSecurityException;

    /// Nothing is done.
    record Identity() implements Seal {
        @Override
        public String name() {
            return "identity";
        }

        @Override
        public String prefix() {
            return "";
        }

        @Override
        public byte[] seal(byte[] plain, byte[] place) {
            return plain;
        }

        @Override
        public byte[] open(byte[] sealed, byte[] place) {
            return sealed;
        }
    }
}
