/// The kubelet's own configuration: `KubeletConfiguration` of `kubelet.config.k8s.io/v1beta1`.
package dev.longshore.kubelet.configuration;
