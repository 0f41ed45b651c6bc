#!/bin/sh
# Says why Node.js cannot be used here; says nothing when it can.
command -v node >/dev/null 2>&1 || { echo "no Node.js on this machine (20.19 or newer)"; exit 0; }
command -v npm >/dev/null 2>&1 || { echo "no npm on this machine"; exit 0; }
node -e 'const [a, b] = process.versions.node.split(".").map(Number); if (!(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19))) console.log("Node.js " + process.versions.node + " is too old (20.19 or 22.12 and newer)")'
