package dev.longshore.apiserver.encryption;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;

/// AES in Cipher Block Chaining, for what other servers wrote: it does not tell whether a value was changed or moved.
record AesCbc(String key, SecretKey secret, SecureRandom randomness) implements Seal {

    private static final String CIPHER = "AES/CBC/PKCS5Padding";
    private static final int BLOCK = 16;

    @Override
    public String name() {
        return "aescbc:v1:" + key;
    }

    @Override
    public byte[] seal(byte[] plain, byte[] place) {
        byte[] start = new byte[BLOCK];
        randomness.nextBytes(start);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, start);
            byte[] sealed = Arrays.copyOf(start, BLOCK + cipher.getOutputSize(plain.length));
            cipher.doFinal(plain, 0, plain.length, sealed, BLOCK);
            return sealed;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("the JDK cannot encrypt by " + CIPHER, impossible);
        }
    }

    @Override
    public byte[] open(byte[] sealed, byte[] place) throws GeneralSecurityException {
        if (sealed.length < BLOCK) {
            throw new GeneralSecurityException("the stored data was shorter than the required size");
        }
        return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, BLOCK)).doFinal(sealed, BLOCK, sealed.length - BLOCK);
    }

    private Cipher cipher(int mode, byte[] start) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, secret, new IvParameterSpec(start));
        return cipher;
    }

    /// Without the secret.
    @Override
    public String toString() {
        return name();
    }
}
