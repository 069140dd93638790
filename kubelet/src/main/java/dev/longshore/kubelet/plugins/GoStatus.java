package dev.longshore.kubelet.plugins;

import dev.longshore.http.grpc.GrpcException;
import java.util.Locale;

/// What plugins answer, in the words in which kubelets quote it.
public final class GoStatus {

    private GoStatus() {}

    /// `rpc error: code = InvalidArgument desc = …`
    public static String said(GrpcException status) {
        var code = new StringBuilder();
        for (String word : status.code().name().split("_")) {
            code.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return "rpc error: code = %s desc = %s".formatted(code, status.getMessage());
    }
}
