/// Makes pods happen: one worker per pod, from admission to the last DELETE.
package dev.longshore.kubelet.pods;
