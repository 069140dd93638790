package dev.longshore.apiserver.encryption;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// AES in Galois/Counter Mode: a nonce of 12 random bytes, the text, a tag over both and the place. Random nonces want
/// a new key every 200,000 writes or so.
record AesGcm(String key, SecretKey secret, SecureRandom randomness) implements Seal {

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    @Override
    public String name() {
        return "aesgcm:v1:" + key;
    }

    @Override
    public byte[] seal(byte[] plain, byte[] place) {
        byte[] nonce = new byte[NONCE];
        randomness.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, place);
            byte[] sealed = Arrays.copyOf(nonce, NONCE + cipher.getOutputSize(plain.length));
            cipher.doFinal(plain, 0, plain.length, sealed, NONCE);
            return sealed;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("the JDK cannot encrypt by " + CIPHER, impossible);
        }
    }

    @Override
    public byte[] open(byte[] sealed, byte[] place) throws GeneralSecurityException {
        if (sealed.length < NONCE) {
            throw new GeneralSecurityException("the stored data was shorter than the required size");
        }
        return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE), place)
                .doFinal(sealed, NONCE, sealed.length - NONCE);
    }

    private Cipher cipher(int mode, byte[] nonce, byte[] place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, secret, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place);
        return cipher;
    }

    /// Without the secret.
    @Override
    public String toString() {
        return name();
    }
}
