package dev.longshore.apiserver.encryption;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.SecretKey;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/// NaCl's secret box, XSalsa20 with Poly1305: a nonce of 24 random bytes, a tag, the text. The first 32 bytes
/// of the key stream are the tag's key. It tells whether a value was changed, not whether it was moved.
record SecretBox(String key, SecretKey secret, SecureRandom randomness) implements Seal {

    private static final int NONCE = 24;
    private static final int TAG = 16;
    private static final int TAG_KEY = 32;

    @Override
    public String name() {
        return "secretbox:v1:" + key;
    }

    @Override
    public byte[] seal(byte[] plain, byte[] place) {
        byte[] nonce = new byte[NONCE];
        randomness.nextBytes(nonce);
        return sealed(plain, nonce);
    }

    /// A nonce must never be used twice with one key.
    byte[] sealed(byte[] plain, byte[] nonce) {
        XSalsa20Engine stream = stream(nonce);
        byte[] tagKey = tagKey(stream);
        byte[] sealed = Arrays.copyOf(nonce, NONCE + TAG + plain.length);
        stream.processBytes(plain, 0, plain.length, sealed, NONCE + TAG);
        System.arraycopy(tag(tagKey, sealed), 0, sealed, NONCE, TAG);
        return sealed;
    }

    @Override
    public byte[] open(byte[] sealed, byte[] place) throws GeneralSecurityException {
        if (sealed.length < NONCE + TAG) {
            throw new GeneralSecurityException("the stored data was shorter than the required size");
        }
        XSalsa20Engine stream = stream(Arrays.copyOf(sealed, NONCE));
        byte[] tag = tag(tagKey(stream), sealed);
        if (!MessageDigest.isEqual(tag, Arrays.copyOfRange(sealed, NONCE, NONCE + TAG))) {
            throw new GeneralSecurityException("tag mismatch");
        }
        byte[] plain = new byte[sealed.length - NONCE - TAG];
        stream.processBytes(sealed, NONCE + TAG, plain.length, plain, 0);
        return plain;
    }

    private XSalsa20Engine stream(byte[] nonce) {
        var stream = new XSalsa20Engine();
        stream.init(true, new ParametersWithIV(new KeyParameter(secret.getEncoded()), nonce));
        return stream;
    }

    private static byte[] tagKey(XSalsa20Engine stream) {
        byte[] key = new byte[TAG_KEY];
        stream.processBytes(key, 0, TAG_KEY, key, 0);
        return key;
    }

    private static byte[] tag(byte[] key, byte[] sealed) {
        var mac = new Poly1305();
        mac.init(new KeyParameter(key));
        mac.update(sealed, NONCE + TAG, sealed.length - NONCE - TAG);
        byte[] tag = new byte[TAG];
        mac.doFinal(tag, 0);
        return tag;
    }

    /// Without the secret.
    @Override
    public String toString() {
        return name();
    }
}
