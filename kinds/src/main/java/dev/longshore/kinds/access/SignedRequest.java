package dev.longshore.kinds.access;

/// A request for a certificate (PKCS#10, RFC 2986), taken apart.
///
/// @param body what is signed
/// @param key the public key with its algorithm, in DER
/// @param keyBits the key alone
record SignedRequest(
        byte[] body, byte[] key, Algorithm keyAlgorithm, byte[] keyBits, Algorithm algorithm, byte[] signature) {

    /// An algorithm with its parameters as they stand; empty if there are none.
    record Algorithm(String id, byte[] parameters) {}
}
